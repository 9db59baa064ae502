// Draws notices as LINE shows them, keeps the count of an audience up to date, and follows a notice under way.
import { flex, make } from "/staff/static/flex.js";

for (const card of document.querySelectorAll("[data-messages]")) {
  for (const message of JSON.parse(card.dataset.messages)) {
    card.append(message.type === "flex" ? flex(message.contents, () => {}) : make("p", "says", message.text));
  }
  // Nothing in it can be pressed: it is a picture, and its words stand below.
  for (const each of card.querySelectorAll("a, button, [tabindex]")) each.setAttribute("tabindex", "-1");
  card.inert = true;
}

const form = document.getElementById("notice");
const shown = document.getElementById("count");

/** Asks the same page to look at what is filled in, and takes the sentence and the number out of it. */
async function count() {
  const body = new FormData(form);
  body.set("do", "look");
  if (!body.get("title")) body.set("title", "-");
  if (!body.get("text_ja")) body.set("text_ja", "-");
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("count");
  if (found && shown) shown.replaceChildren(...found.childNodes);
}

if (form && shown) {
  let waiting;
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => count().catch(() => {}), 300);
  });
}

if (document.querySelector("[data-watch]")) setTimeout(() => location.reload(), 3000);
