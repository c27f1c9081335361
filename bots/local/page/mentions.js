// Typing @ offers the names of the bot and the members.

import { $, avatar, element } from "./elements.js";
import { place } from "./overlays.js";
import { state } from "./state.js";

const OFFERED_MAX = 8;
const STARTED = /@([^\s@]{0,12})$/;

export function startMentions(text) {
  const list = $("names");
  const isOpen = () => list.matches(":popover-open");
  const close = () => isOpen() && list.hidePopover();
  let chosen = 0;

  function draw() {
    const before = text.value.slice(0, text.selectionStart);
    const started = STARTED.exec(before);
    const offered = started ? matching(started[1]) : [];
    if (!offered.length) return close();
    chosen = 0;
    list.replaceChildren(
      ...offered.map(({ account, name }) => {
        const shown = avatar(account, name, account === state.bot.account);
        const option = element("li", { role: "option", class: "menu-item" }, shown, name);
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault(); // the text keeps the focus
          insert(name);
        });
        return option;
      }),
    );
    mark();
    if (!isOpen()) list.showPopover();
    place(list, text.getBoundingClientRect());
  }

  function mark() {
    [...list.children].forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === chosen));
    });
  }

  function insert(name) {
    const end = text.selectionStart;
    const before = text.value.slice(0, end).replace(STARTED, `@${name} `);
    text.value = before + text.value.slice(end);
    text.selectionStart = text.selectionEnd = before.length;
    close();
  }

  text.addEventListener("input", draw);
  text.addEventListener("blur", close);
  $("mention").addEventListener("click", () => {
    text.focus();
    const glue = /(^|\s)$/.test(text.value.slice(0, text.selectionStart)) ? "@" : " @";
    text.setRangeText(glue, text.selectionStart, text.selectionEnd, "end");
    draw();
  });

  return {
    /** Whether this key was for the list of names. */
    takes(event) {
      if (!isOpen() || event.isComposing) return false;
      const count = list.childElementCount;
      const step = { ArrowDown: 1, ArrowUp: count - 1 }[event.key];
      if (step) {
        chosen = (chosen + step) % count;
        mark();
      } else if (event.key === "Enter" || event.key === "Tab") {
        insert(list.children[chosen].lastChild.textContent);
      } else if (event.key === "Escape") {
        close();
      } else {
        return false;
      }
      event.preventDefault();
      return true;
    },
  };
}

function matching(started) {
  const people = [...state.people.values()].filter(
    (person) => person.present && person.account !== state.speaker,
  );
  return [state.bot, ...people]
    .filter(({ name }) => name.includes(started))
    .slice(0, OFFERED_MAX);
}
