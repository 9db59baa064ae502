// Makes the guide form livelier: the LINE card as LINE draws it, rows without a round trip, a preview that keeps up.
// Everything here also works without script, by the buttons' own posts.
import { flex, make } from "/staff/static/flex.js";

const form = document.getElementById("guide");
const WAIT = 400;

function draw(root) {
  for (const card of root.querySelectorAll("[data-flex]")) {
    const messages = JSON.parse(card.dataset.flex);
    card.replaceChildren(...messages.flatMap((message) => drawn(message)));
    calm(card);
  }
}

/** Nothing in a preview can be pressed: it is read, not used. */
function calm(card) {
  for (const each of card.querySelectorAll("a")) each.removeAttribute("href");
  for (const each of card.querySelectorAll("button")) each.disabled = true;
  for (const each of card.querySelectorAll("[tabindex]")) {
    each.removeAttribute("tabindex");
    each.removeAttribute("role");
  }
}

function drawn(message) {
  const parts = [message.type === "flex" ? flex(message.contents, () => {}) : make("p", "says", message.text)];
  const items = message.quickReply?.items ?? [];
  if (items.length) {
    const row = make("div", "choices-of-line");
    row.append(...items.map((item) => make("span", "", item.action.label)));
    parts.push(row);
  }
  return parts;
}

draw(document);

function later(act) {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => act(...given), WAIT); };
}

let asked = 0;

async function look() {
  const number = ++asked;
  const body = new FormData(form);
  const answer = await fetch("/staff/guides/preview", { method: "POST", body, headers: { "x-csrf-token": body.get("csrf") } });
  if (!answer.ok || number !== asked) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const place = document.getElementById("preview");
  const open = [...place.querySelectorAll("details")].map((each) => each.open);
  place.replaceChildren(...fresh.body.children);
  [...place.querySelectorAll("details")].forEach((each, at) => { each.open = open[at] ?? each.open; });
  draw(place);
}

const keepUp = later(() => look().catch(() => {}));

function renumber(list) {
  const group = list.dataset.rows;
  const name = new RegExp(`\\b${group}\\.(\\d+|NUMBER)\\.`, "g");
  [...list.children].forEach((row, at) => {
    for (const each of row.querySelectorAll("*")) {
      for (const key of ["name", "id", "for", "aria-describedby"]) {
        if (each.hasAttribute(key)) each.setAttribute(key, each.getAttribute(key).replace(name, `${group}.${at}.`));
      }
      if (each.matches("[data-up], [data-remove]")) each.value = each.value.replace(/:[^:]*$/, `:${at}`);
      if (each.matches("[data-number]")) each.textContent = at + 1;
    }
  });
}

function add(group) {
  const list = form.querySelector(`[data-rows="${group}"]`);
  list.append(form.querySelector(`[data-blank="${group}"]`).content.cloneNode(true));
  renumber(list);
  list.lastElementChild.querySelector("input, textarea, select").focus();
}

function remove(row) {
  const list = row.parentElement;
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renumber(list);
  (next?.querySelector("input, textarea, select") ?? form.querySelector(`[data-add="${list.dataset.rows}"]`)).focus();
}

function raise(row) {
  const list = row.parentElement;
  row.previousElementSibling?.before(row);
  renumber(list);
  row.querySelector("[data-up]").focus();
}

/** The guides near to what stands in a row; `words` stand in where nothing does. */
async function findRelated(row, words = "") {
  const input = row.querySelector("input");
  const text = input.value.trim();
  const place = row.querySelector("[data-named]");
  if (!(text || words)) { place.replaceChildren(); return; }
  const csrf = form.elements.csrf.value;
  const body = new URLSearchParams({ csrf, text: text || words, but: form.elements.id.value });
  const answer = await fetch("/staff/guides/related", { method: "POST", body, headers: { "x-csrf-token": csrf } });
  if (!answer.ok || input.value.trim() !== text) return;
  place.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.children);
}

function relate(button) {
  const row = button.closest("[data-row]");
  row.querySelector("input").value = button.dataset.relate;
  row.querySelector("[data-named]").replaceChildren(make("p", "named", button.closest("li").querySelector(".title").textContent));
  row.querySelector("input").focus();
}

const findLater = later((row) => findRelated(row).catch(() => {}));

function typed(event) {
  const row = event.target.closest("[data-rows=related] > [data-row]");
  if (row) findLater(row);
}

function takeIn(button) {
  const aliases = document.getElementById("aliases");
  const known = aliases.value.split("\n").map((line) => line.trim()).filter(Boolean);
  if (!known.includes(button.dataset.alias)) known.push(button.dataset.alias);
  aliases.value = known.join("\n");
  (button.closest("li") ?? button).remove();
  aliases.focus();
}

function pressed(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest("[data-row]");
  if (button.matches("[data-add]")) add(button.dataset.add);
  else if (button.matches("[data-remove]")) remove(row);
  else if (button.matches("[data-up]")) raise(row);
  else if (button.matches("[data-alias]")) takeIn(button);
  else if (button.matches("[data-find]")) findRelated(row, document.getElementById("title").value.trim()).catch(() => {});
  else if (button.matches("[data-relate]")) relate(button);
  else return;
  event.preventDefault();
  keepUp();
}

if (form) {
  document.addEventListener("click", pressed);
  form.addEventListener("input", keepUp);
  form.addEventListener("input", typed);
  document.getElementById("on").addEventListener("input", keepUp);
}
