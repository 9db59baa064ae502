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
