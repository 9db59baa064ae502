// Draws a message of any type as one element of the chat.

import { control, flex, make } from "./flex.js";

const WEB = /https?:\/\/[^\s<>"「」（）、。]+/g;

function linked(text) {
  const element = make("div", "says");
  let end = 0;
  for (const found of text.matchAll(WEB)) {
    element.append(text.slice(end, found.index));
    element.append(Object.assign(make("a", "", found[0]), { href: found[0], target: "_blank", rel: "noopener noreferrer" }));
    end = found.index + found[0].length;
  }
  element.append(text.slice(end));
  return element;
}

function picture(url, alt) {
  return Object.assign(make("img", "media"), { src: url, alt });
}

function panel(part, perform) {
  const element = make("div", "panel");
  if (part.thumbnailImageUrl) element.append(Object.assign(make("img"), { src: part.thumbnailImageUrl, alt: "" }));
  if (part.title) {
    const title = make("p");
    title.append(make("strong", "", part.title));
    element.append(title);
  }
  element.append(make("p", "", part.text), ...part.actions.map((action) => control(action, perform, "flex-button", action.label)));
  return element;
}

function imageColumn(column, perform) {
  const element = make("div", "panel");
  element.append(Object.assign(make("img"), { src: column.imageUrl, alt: "" }));
  element.append(control(column.action, perform, "flex-button", column.action.label ?? "開く"));
  return element;
}

function template(part, perform) {
  if (!part.columns) return panel(part, perform);
  const row = make("div", "carousel");
  row.append(...part.columns.map((column) => (part.type === "carousel" ? panel : imageColumn)(column, perform)));
  return row;
}

function imagemap(message, perform) {
  const element = make("div", "map");
  element.append(Object.assign(make("img"), { src: `${message.baseUrl}/1040`, alt: message.altText }));
  const { width, height } = message.baseSize;
  for (const action of message.actions) {
    const asAction = action.type === "uri" ? { ...action, uri: action.linkUri } : action;
    const area = control(asAction, perform, "", "");
    area.setAttribute("aria-label", action.label ?? action.text ?? action.linkUri ?? "");
    cover(area, action.area, width, height);
    element.append(area);
  }
  return element;
}

/** Lay an element over a part of a picture. */
export function cover(element, area, width, height) {
  element.style.left = `${(100 * area.x) / width}%`;
  element.style.top = `${(100 * area.y) / height}%`;
  element.style.width = `${(100 * area.width) / width}%`;
  element.style.height = `${(100 * area.height) / height}%`;
}

const says = (text) => make("div", "says", text);
const DRAW = {
  text: (message) => linked(message.text),
  textV2: (message) => linked(message.text.replaceAll("{{", "{").replaceAll("}}", "}")),
  sticker: (message) => make("div", "sticker", `スタンプ${message.keywords?.length ? `「${message.keywords[0]}」` : ""}`),
  image: (message, item) => picture(item.mine ? `content/${item.id}` : message.originalContentUrl, "写真"),
  video: (message, item) => (item.mine ? says("動画") : picture(message.previewImageUrl, "動画")),
  audio: () => says("🎤 音声メッセージ"),
  file: (message) => says(`📄 ${message.fileName}`),
  location: (message) => says(`📍 ${message.title ?? "位置情報"}\n${message.address ?? ""}`),
  flex: (message, _item, perform) => flex(message.contents, perform),
  template: (message, _item, perform) => template(message.template, perform),
  imagemap: (message, _item, perform) => imagemap(message, perform),
  coupon: () => says("クーポン"),
};

/** The message of a chat line as an element; `perform` is called with the action of what is tapped. */
export function draw(item, perform) {
  const drawn = DRAW[item.message.type]?.(item.message, item, perform) ?? says("（表示できないメッセージ）");
  if (drawn.matches(".bubble, .carousel")) {
    const wide = make("div", "wide");
    wide.append(drawn);
    return wide;
  }
  return drawn;
}
