// Small helpers to build the page. Text only ever goes in as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
const LINK = /https?:\/\/[^\s<>"'，。；！？、）】」]+/g;
const AVATAR_COLOURS = 8;

export const $ = (id) => document.getElementById(id);

/** element("p", { class: "text" }, "words", child, …) */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

/** A letter or number on a colour that stays the same for a person. */
export function avatar(account, name, isBot = false) {
  if (isBot) return element("span", { class: "avatar of-bot", "aria-hidden": "true" }, icon("car"));
  let sum = 0;
  for (const letter of account) sum = (sum * 31 + letter.codePointAt(0)) % 997;
  const mark = /\d+$/.exec(name)?.[0] ?? [...name].at(-1) ?? "?";
  const colour = `colour-${sum % AVATAR_COLOURS}`;
  return element("span", { class: `avatar ${colour}`, "aria-hidden": "true" }, mark);
}

/** The text with its addresses made into links. */
export function linked(text) {
  const pieces = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    pieces.push(text.slice(from, match.index));
    const attributes = { href: match[0], target: "_blank", rel: "noopener noreferrer" };
    pieces.push(element("a", attributes, match[0]));
    from = match.index + match[0].length;
  }
  pieces.push(text.slice(from));
  return pieces;
}

export function short(text, lengthMax = 60) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > lengthMax ? `${line.slice(0, lengthMax)}…` : line;
}

export function showUnread(badge, count, label) {
  badge.hidden = count === 0;
  badge.textContent = count > 99 ? "99+" : String(count || "");
  badge.setAttribute("aria-label", label);
}
