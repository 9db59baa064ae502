// Long work shows that it goes on; pressing twice sends once.
for (const form of document.querySelectorAll("form")) {
  const waiting = form.querySelector(".waiting");
  if (!waiting) continue;
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    waiting.hidden = false;
    waiting.scrollIntoView({ block: "nearest" });
  });
  window.addEventListener("pageshow", () => { delete form.dataset.sent; waiting.hidden = true; });
}

// What is being prepared is looked at again until it is ready.
async function again(place) {
  const answer = await fetch(location.pathname);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("state");
  if (!fresh) return;
  if ("waiting" in fresh.dataset) setTimeout(() => again(place).catch(() => {}), 2000);
  else place.replaceChildren(...fresh.childNodes);
}
const prepared = document.querySelector("#state[data-waiting]");
if (prepared) setTimeout(() => again(prepared).catch(() => {}), 1000);
