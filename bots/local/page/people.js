// Who speaks: the list of members at the side, a drawer on a phone.

import { $, avatar, element, showUnread } from "./elements.js";
import { chat, GROUP, privateChat, speaker, state, unread } from "./state.js";
import { say } from "./words.js";

const FIND_FROM = 10; // members; fewer are found at a glance

export function startPeople(choose) {
  $("people-open").addEventListener("click", open);
  $("people-close").addEventListener("click", close);
  $("shade").addEventListener("click", close);
  $("find").addEventListener("input", filter);
  $("person-list").addEventListener("click", (event) => {
    const button = event.target.closest("[data-account]");
    if (!button) return;
    close();
    choose(button.dataset.account);
  });
  $("people").addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
}

export function open() {
  document.body.classList.add("shows-people");
  $("person-list").querySelector("[aria-pressed=true]")?.focus();
}

function close() {
  document.body.classList.remove("shows-people");
}

export function drawPeople() {
  $("person-list").replaceChildren(
    ...[...state.people.values()].map((person) => element("li", {}, button(person))),
  );
  $("find").hidden = state.people.size < FIND_FROM;
  filter();
}

export function drawPerson(person) {
  const shown = $("person-list").querySelector(`[data-account="${CSS.escape(person.account)}"]`);
  shown?.replaceWith(button(person));
}

function button(person) {
  const isSpeaker = person.account === state.speaker;
  const badge = element("span", { class: "unread" });
  const count = unread(privateChat(person.account));
  showUnread(badge, count, say("unread", { count }));
  return element(
    "button",
    {
      class: `person ${person.present ? "" : "is-away"}`,
      "data-account": person.account,
      "aria-pressed": String(isSpeaker),
    },
    avatar(person.account, person.name),
    element("span", { class: "person-name" }, person.name),
    person.owner ? element("span", { class: "rank" }, say("leader")) : null,
    person.badge ? element("span", { class: "rank badge" }, person.badge) : null,
    person.present ? null : element("span", { class: "gone" }, say("left_group")),
    badge,
  );
}

/** The header: where we are, and what is unread elsewhere. */
export function drawHeader() {
  const { name } = speaker();
  const count = [...state.people.values()].filter((person) => person.present).length;
  document.title = state.title;
  $("title").textContent = state.title;
  $("subtitle").textContent = state.isPrivate
    ? say("subtitle_private", { name, bot: state.bot.name })
    : say("subtitle_group", { count });
  $("tab-private").querySelector(".tab-name").textContent = say("private_with", { name });
  drawTab($("tab-group"), GROUP);
  drawTab($("tab-private"), privateChat(state.speaker));
  const elsewhere = [...state.people.keys()]
    .filter((account) => account !== state.speaker)
    .reduce((sum, account) => sum + unread(privateChat(account)), 0);
  showUnread($("people-unread"), elsewhere, say("unread", { count: elsewhere }));
}

function drawTab(tab, name) {
  const isChosen = name === chat();
  tab.setAttribute("aria-selected", String(isChosen));
  tab.tabIndex = isChosen ? 0 : -1;
  const count = isChosen ? 0 : unread(name);
  showUnread(tab.querySelector(".unread"), count, say("unread", { count }));
}

function filter() {
  const wanted = $("find").value.trim();
  for (const item of $("person-list").children) {
    item.hidden = !item.textContent.includes(wanted);
  }
}
