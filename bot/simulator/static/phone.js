// The chat: what is typed and tapped goes to the simulator in bodies; what is new is asked for every second.

import { make } from "./flex.js";
import { cover, draw } from "./messages.js";

const at = (id) => document.getElementById(id);
const talk = at("talk");
let seen = 0;
let last = null;
let menuId = null;
let busy = 0;

async function post(path, body, type) {
  const answer = await fetch(path, { method: "POST", body, headers: { "content-type": type } });
  return answer.json();
}

/** Do something at the simulator, looking for news meanwhile: the bot may answer before the webhook returns. */
async function act(asked) {
  busy += 1;
  const done = post("act", JSON.stringify(asked), "application/json");
  await Promise.allSettled([done, new Promise((next) => setTimeout(next, 150)).then(look)]);
  busy -= 1;
  tell((await done.catch(() => ({ notice: "通信できませんでした。もう一度お試しください。" }))).notice);
  await look();
}

let toastTimer = 0;
function tell(notice) {
  if (!notice) return;
  at("toast").textContent = notice;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { at("toast").textContent = ""; }, 5000);
}

const PERFORM = {
  uri: (action) => window.open(action.uri, "_blank", "noopener,noreferrer"),
  clipboard: async (action) => { await navigator.clipboard.writeText(action.clipboardText); tell("コピーしました。"); },
  datetimepicker: pick,
  location: () => act({ kind: "place" }),
  camera: () => at("photo").click(),
  cameraRoll: () => at("photo").click(),
};

async function perform(action) {
  if (action.type in PERFORM) { await PERFORM[action.type](action); return; }
  if (action.inputOption === "openKeyboard") { at("words").value = action.fillInText ?? ""; at("words").focus(); }
  if (action.inputOption === "openRichMenu") openMenu(true);
  if (action.inputOption === "closeRichMenu") openMenu(false);
  await act({ kind: "press", action });
}

function pick(action) {
  const dialog = at("picker");
  const input = at("picked");
  input.type = { date: "date", time: "time", datetime: "datetime-local" }[action.mode];
  for (const name of ["min", "max"]) input[name] = action[name] ?? "";
  input.value = (action.initial ?? "").replace("t", "T");
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "ok" && input.value) act({ kind: "press", action, picked: input.value });
  }, { once: true });
  dialog.showModal();
}

function line(item) {
  const row = make("li", item.mine ? "mine" : "theirs");
  row.dataset.number = item.number;
  row.append(make("span", "unseen", item.mine ? "あなた:" : "ポケット行政:"));
  if (!item.mine) row.append(Object.assign(make("span", "face", "区"), { ariaHidden: "true" }));
  const drawn = draw(item, perform);
  if (drawn.matches(".wide")) row.classList.add("full");
  row.append(drawn);
  const side = make("div", "side");
  if (item.mine) {
    const back = Object.assign(make("button", "take-back", "送信取消"), { type: "button" });
    back.addEventListener("click", () => act({ kind: "unsend", id: item.id }));
    side.append(back);
  }
  side.append(make("time", "", item.time));
  row.append(side);
  return row;
}

function takeBack(number) {
  const row = talk.querySelector(`li[data-number="${number}"]:not(.notice)`);
  if (!row) return;
  row.className = "notice";
  row.replaceChildren(make("p", "", "メッセージの送信を取り消しました"));
}

function quickReplies() {
  const items = last && !last.mine ? last.message.quickReply?.items ?? [] : [];
  at("quick").hidden = !items.length;
  at("quick").replaceChildren(...items.map(({ action, imageUrl }) => {
    const button = Object.assign(make("button"), { type: "button" });
    if (imageUrl) button.append(Object.assign(make("img"), { src: imageUrl, alt: "" }));
    button.append(action.label);
    button.addEventListener("click", () => perform(action));
    return button;
  }));
}

function openMenu(open) {
  at("menu").hidden = !open;
  at("menu-toggle").setAttribute("aria-expanded", String(open));
  talk.scrollTop = talk.scrollHeight;
}

function richMenu(menu) {
  if ((menu?.id ?? null) === menuId) return;
  menuId = menu?.id ?? null;
  at("menu-toggle").hidden = !menu;
  at("menu").replaceChildren();
  if (!menu) { openMenu(false); return; }
  at("menu").append(Object.assign(make("img"), { src: `menu/${menu.id}`, alt: "" }));
  for (const { bounds, action } of menu.areas) {
    const area = Object.assign(make("button"), { type: "button" });
    area.setAttribute("aria-label", action.label ?? action.text ?? action.displayText ?? action.uri ?? "メニュー");
    cover(area, bounds, menu.size.width, menu.size.height);
    area.addEventListener("click", () => perform(action));
    at("menu").append(area);
  }
  at("menu-toggle").lastElementChild.textContent = `${menu.chatBarText}を開く・閉じる`;
  openMenu(menu.selected);
}

function show(state) {
  const fresh = state.items.filter((item) => item.number > seen);
  for (const item of fresh) at("lines").append(line(item));
  if (fresh.length) {
    last = fresh.at(-1);
    seen = last.number;
    quickReplies();
  }
  state.unsent.forEach(takeBack);
  const loadingBefore = at("typing").hidden;
  at("typing").hidden = !state.loading;
  if (fresh.length || loadingBefore === state.loading) talk.scrollTop = talk.scrollHeight;
  at("blocked").hidden = state.friend;
  at("composer").hidden = !state.friend;
  at("friend").textContent = state.friend ? "友だち" : "ブロック中";
  at("faults").hidden = !state.faults;
  at("faults").textContent = `${state.faults}件 待機中`;
  const log = state.log.join("\n");
  if (at("log").dataset.shown !== log) {
    at("log").dataset.shown = log;
    at("log").replaceChildren(...state.log.map((text) => make("li", "", text)));
  }
  richMenu(state.menu);
}

let looking = false;
async function look() {
  if (looking) return;
  looking = true;
  try {
    const answer = await fetch(`chat?since=${seen}`);
    if (answer.ok) show(await answer.json());
    else tell((await answer.json()).notice);
  } catch {
    tell("サーバーにつながりません。動いているか確かめてください。");
  } finally {
    looking = false;
  }
}

async function watch() {
  await look();
  setTimeout(watch, busy || !at("typing").hidden ? 300 : 1000);
}

async function photo() {
  const [file] = at("photo").files;
  if (!file) return;
  tell((await post("picture", file, file.type)).notice);
  at("photo").value = "";
  await look();
}

function grow() {
  at("words").style.height = "auto";
  at("words").style.height = `${at("words").scrollHeight + 2}px`;
}

at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("words").value;
  if (!text.trim()) return;
  at("words").value = "";
  grow();
  act({ kind: "say", text });
});
at("words").addEventListener("input", grow);
// As on the phone, the keyboard takes the menu's place.
at("words").addEventListener("focus", () => openMenu(false));
at("words").addEventListener("keydown", (event) => {
  // Enter also confirms a conversion while kana are being typed: that must not send.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); at("composer").requestSubmit(); }
});
at("menu-toggle").addEventListener("click", () => openMenu(at("menu").hidden));
at("photo").addEventListener("change", photo);
for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => act({ kind: button.dataset.act, fault: button.dataset.fault }));
}
if (document.body.dataset.new === "yes") act({ kind: "follow" });
watch();
