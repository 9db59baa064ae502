// Draws Flex containers as LINE does. Styles are set through the CSSOM: the page allows no inline ones.

const STEPS = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const BUBBLE = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 500 };
const PLACE = { top: "flex-start", center: "center", bottom: "flex-end", start: "flex-start", end: "flex-end" };

const measure = (value, steps = STEPS) => (value in steps ? `${steps[value]}px` : value);

export function make(tag, className = "", text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

const SAFE_LINK = /^(https?|tel|line):/i;

/** A link for URI actions that open, a button for all others: what keyboards and screen readers expect. */
export function control(action, perform, className, text) {
  const opens = action.type === "uri" && SAFE_LINK.test(action.uri);
  const element = make(opens ? "a" : "button", className, text);
  if (opens) Object.assign(element, { href: action.uri, target: "_blank", rel: "noopener noreferrer" });
  else element.type = "button";
  if (!opens) element.addEventListener("click", () => perform(action));
  return element;
}

function tappable(element, action, perform) {
  if (!action) return;
  const go = (event) => {
    event.stopPropagation();
    if (action.type === "uri") { if (SAFE_LINK.test(action.uri)) window.open(action.uri, "_blank", "noopener,noreferrer"); }
    else perform(action);
  };
  element.classList.add("tappable");
  element.tabIndex = 0;
  element.setAttribute("role", action.type === "uri" ? "link" : "button");
  element.addEventListener("click", go);
  element.addEventListener("keydown", (event) => {
    if (event.target === element && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); go(event); }
  });
}

function lookOfText(element, part) {
  const style = element.style;
  if (part.size) style.fontSize = measure(part.size, TEXT);
  if (part.color) style.color = part.color;
  if (part.weight === "bold") style.fontWeight = "700";
  if (part.style === "italic") style.fontStyle = "italic";
  if (part.decoration && part.decoration !== "none") style.textDecoration = part.decoration;
}

function text(part) {
  const element = make("p", `flex-text${part.wrap ? " wrap" : ""}`);
  element.style.fontSize = `${TEXT.md}px`;
  lookOfText(element, part);
  if (part.align) element.style.textAlign = part.align;
  if (part.lineSpacing) element.style.lineHeight = `calc(1.4em + ${part.lineSpacing})`;
  if (part.maxLines && part.wrap) {
    element.classList.add("lines");
    element.style.webkitLineClamp = String(part.maxLines);
  }
  if (part.contents?.length) element.append(...part.contents.map(span));
  else element.textContent = part.text;
  return element;
}

function span(part) {
  const element = make("span", "", part.text);
  lookOfText(element, part);
  return element;
}

function button(part, perform) {
  const kind = part.style ?? "link";
  const element = control(part.action, perform, `flex-button ${kind} ${part.height ?? "md"}`, part.action.label);
  if (part.color) element.style[kind === "link" ? "color" : "backgroundColor"] = part.color;
  return element;
}

function image(part) {
  const element = make("div", `flex-image${part.aspectMode === "cover" ? " cover" : ""}`);
  const size = part.size ?? "md";
  element.style.width = size === "full" ? "100%" : measure(size, IMAGE);
  element.style.aspectRatio = (part.aspectRatio ?? "1:1").replace(":", " / ");
  if (part.backgroundColor) element.style.backgroundColor = part.backgroundColor;
  const picture = Object.assign(make("img"), { src: part.url, alt: part.action?.label ?? "", loading: "lazy" });
  element.append(picture);
  element.style.alignSelf = PLACE[part.align ?? "center"];
  return element;
}

function icon(part) {
  const element = Object.assign(make("img", "flex-icon"), { src: part.url, alt: "" });
  element.style.height = measure(part.size ?? "md", TEXT);
  element.style.aspectRatio = (part.aspectRatio ?? "1:1").replace(":", " / ");
  return element;
}

function box(part, perform) {
  const element = make("div", `flex-box ${part.layout}`);
  const style = element.style;
  for (const side of ["Top", "Bottom", "Start", "End"]) {
    const value = part[`padding${side}`] ?? part.paddingAll;
    const property = { Start: "paddingInlineStart", End: "paddingInlineEnd" }[side] ?? `padding${side}`;
    if (value) style[property] = measure(value);
  }
  for (const name of ["width", "maxWidth", "height", "maxHeight", "backgroundColor", "justifyContent", "alignItems"]) {
    if (part[name]) style[name] = part[name];
  }
  if (part.cornerRadius) { style.borderRadius = measure(part.cornerRadius); style.overflow = "hidden"; }
  if (part.borderWidth || part.borderColor) style.border = `${measure(part.borderWidth ?? "normal", BORDER)} solid ${part.borderColor ?? "#0000"}`;
  if (part.background) style.backgroundImage = gradient(part.background);
  fill(element, part, perform);
  return element;
}

function gradient({ angle, startColor, centerColor, centerPosition, endColor }) {
  const middle = centerColor ? `, ${centerColor} ${centerPosition ?? "50%"}` : "";
  return `linear-gradient(${angle}, ${startColor}${middle}, ${endColor})`;
}

function fill(element, part, perform) {
  const across = part.layout !== "vertical";
  part.contents.forEach((child, index) => {
    const drawn = component(child, perform);
    if (!drawn) return;
    if (child.position !== "absolute") arrange(drawn, child, across, index ? part.spacing : undefined, part.layout);
    offsets(drawn, child);
    element.append(drawn);
  });
}

/** Share of the line, distance from the one before, and place across: LINE's defaults differ by direction. */
function arrange(element, child, across, spacing, layout) {
  const gap = child.margin ?? spacing;
  if (gap) element.style[across ? "marginInlineStart" : "marginTop"] = measure(gap);
  const rigid = ["separator", "icon"].includes(child.type);
  const share = child.flex ?? (child.type === "filler" ? 1 : across && !rigid && !child.width ? 1 : 0);
  element.style.flex = share ? (across ? `${share} 1 0` : `${share} 0 auto`) : "0 0 auto";
  if (!share && across && child.type === "text" && child.flex === undefined) element.style.flex = "1 1 0";
  if (child.type === "image" && across) element.style.alignSelf = PLACE[child.gravity ?? "top"];
  else if (child.gravity && layout === "horizontal") element.style.alignSelf = PLACE[child.gravity];
}

function offsets(element, child) {
  if (child.position) element.style.position = child.position;
  const sides = { offsetTop: "top", offsetBottom: "bottom", offsetStart: "insetInlineStart", offsetEnd: "insetInlineEnd" };
  for (const [name, property] of Object.entries(sides)) {
    if (!child[name]) continue;
    if (!child.position) element.style.position = "relative";
    element.style[property] = measure(child[name]);
  }
}

function video(part, perform) {
  const element = image({ ...part, url: part.previewUrl, size: "full", aspectMode: "cover" });
  if (part.action) element.append(control(part.action, perform, "flex-button primary sm", part.action.label ?? "開く"));
  return element;
}

const DRAW = { text, button, image, icon, box, video,
  separator: (part) => {
    const element = make("div", "flex-separator");
    if (part.color) element.style.backgroundColor = part.color;
    return element;
  },
  filler: () => make("div"),
};

function component(part, perform) {
  const element = DRAW[part.type]?.(part, perform);
  if (element && ["text", "image", "box"].includes(part.type)) tappable(element, part.action, perform);
  return element;
}

function block(bubble, name, perform) {
  const part = bubble[name];
  const element = component(part, perform);
  const narrow = ["nano", "micro"].includes(bubble.size);
  const padding = { header: narrow ? 10 : 20, body: narrow ? 10 : 20, footer: 10, hero: 0 }[name];
  const own = ["Top", "Bottom", "Start", "End", "All"].some((side) => part[`padding${side}`]);
  if (!own) element.style.padding = `${padding}px`;
  const look = bubble.styles?.[name];
  if (look?.backgroundColor) element.style.backgroundColor = look.backgroundColor;
  if (name === "body") element.classList.add("grow");
  if (!look?.separator) return [element];
  const line = make("div", "flex-separator");
  if (look.separatorColor) line.style.backgroundColor = look.separatorColor;
  return [line, element];
}

function bubbleOf(bubble, perform) {
  const element = make("div", `bubble${bubble.direction === "rtl" ? " rtl" : ""}`);
  element.style.width = `${BUBBLE[bubble.size ?? "mega"]}px`;
  for (const name of ["header", "hero", "body", "footer"]) {
    if (bubble[name]) element.append(...block(bubble, name, perform));
  }
  tappable(element, bubble.action, perform);
  return element;
}

/** The bubble, or the row of bubbles, as an element. */
export function flex(container, perform) {
  if (container.type === "bubble") return bubbleOf(container, perform);
  const row = make("div", "carousel");
  row.append(...container.contents.map((bubble) => bubbleOf(bubble, perform)));
  return row;
}
