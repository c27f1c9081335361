// What lies over the page for a moment: toasts and menus.

import { $, element } from "./elements.js";
import { say } from "./words.js";
import { Failure } from "./wire.js";

const TOASTS_MAX = 3;
const TOAST_MS = 4000;
const TOAST_MS_PER_LETTER = 60;

export function toast(text, kind = "") {
  const shown = element("p", { class: `toast ${kind}` }, text);
  const toasts = $("toasts");
  toasts.append(shown);
  while (toasts.childElementCount > TOASTS_MAX) toasts.firstElementChild.remove();
  // Shown anew, it lies above whatever was opened meanwhile.
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  toasts.showPopover();
  setTimeout(
    () => {
      shown.remove();
      if (!toasts.childElementCount && toasts.matches(":popover-open")) toasts.hidePopover();
    },
    TOAST_MS + Math.min(text.length, 200) * TOAST_MS_PER_LETTER,
  );
}

/** Do something that may be refused; the reason is told. Whether it went well comes back. */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    toast(say("failed", { reason: error.message }), "is-bad");
    return false;
  }
}

/** items: [label, what to do]. Opens beside the button, where there is room. */
export function openMenu(button, items) {
  const menu = $("menu");
  menu.replaceChildren(
    ...items.map(([label, act]) => {
      const item = element("button", { role: "menuitem", class: "menu-item" }, label);
      item.addEventListener("click", () => {
        menu.hidePopover();
        act();
      });
      return item;
    }),
  );
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  menu.firstElementChild?.focus();
}

/** Below what it belongs to, or above it; never outside the window. */
export function place(overlay, { left, top, bottom }) {
  const { width, height } = overlay.getBoundingClientRect();
  const fitsBelow = bottom + height + 12 < innerHeight;
  overlay.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  overlay.style.top = `${Math.max(8, fitsBelow ? bottom + 4 : top - height - 4)}px`;
}

$("menu").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...$("menu").children];
  const next = items.indexOf(document.activeElement) + step;
  items.at(next % items.length)?.focus();
});
