// The list of messages.

import { $, avatar, element, icon, linked, short } from "./elements.js";
import { attempt, openMenu, toast } from "./overlays.js";
import { rush } from "./rush.js";
import { chat, find, GROUP, posts, see, speaker, state, tapOf } from "./state.js";
import { act } from "./wire.js";
import { language, say } from "./words.js";

const TOGETHER_MS = 3 * 60 * 1000; // messages of one person this close stand together
const AT_END_PIXELS = 80;
const FLASH_MS = 1600;

const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "short" });

let missed = 0;
let isAtEnd = true;
let composer;

export function startPosts(itsComposer) {
  composer = itsComposer;
  const log = $("log");
  log.addEventListener("scroll", () => {
    isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < AT_END_PIXELS;
    if (isAtEnd) reachEnd();
    else showMissed(missed);
  });
  $("to-end").addEventListener("click", toEnd);
  showMissed(0);
  // A keyboard that opens, or a picture that arrives, must not push the end out of sight.
  const observer = new ResizeObserver(() => isAtEnd && toEnd());
  observer.observe(log);
  observer.observe($("posts"));
}

/** Everything anew: another conversation, or seen by another member. */
export function drawPosts() {
  $("posts").replaceChildren();
  let former;
  for (const post of posts().values()) {
    appendPost(post, former);
    former = post;
  }
  drawEmpty();
  toEnd();
}

/** What just came or changed, if it belongs to the conversation on screen. */
export function drawPost(post) {
  if (post.chat !== chat()) return;
  const shown = row(post.id);
  const all = [...posts().values()];
  const former = all[all.findIndex((each) => each.id === post.id) - 1];
  if (shown) {
    shown.replaceWith(drawn(post, former));
    return;
  }
  appendPost(post, former);
  drawEmpty();
  const oldest = all[0]?.id;
  while ($("posts").querySelector("[data-id]")?.dataset.id !== oldest) {
    $("posts").firstElementChild.remove();
  }
  if (post.account === state.speaker) isAtEnd = true;
  if (isAtEnd) toEnd();
  else showMissed(missed + 1);
}

export function drawTap({ message, account }) {
  if (account === state.speaker && row(message)) drawPost(find(message));
}

function appendPost(post, former) {
  if (!former || day.format(former.at) !== day.format(post.at)) {
    $("posts").append(element("li", { class: "day" }, element("span", {}, dayName(post.at))));
  }
  $("posts").append(drawn(post, former));
}

function drawn(post, former) {
  if (post.kind !== "said") {
    const text = say(post.kind, { name: post.name });
    return element("li", { class: "note", "data-id": post.id }, element("span", {}, text));
  }
  const isBot = post.account === state.bot.account;
  const isMine = post.account === state.speaker;
  const isNext =
    former?.kind === "said" &&
    former.account === post.account &&
    post.at - former.at < TOGETHER_MS &&
    day.format(former.at) === day.format(post.at);
  const kinds = [isBot && "by-bot", isMine && "mine", isNext && "next"].filter(Boolean).join(" ");
  return element(
    "li",
    { class: `post ${kinds}`, "data-id": post.id },
    avatar(post.account, post.name, isBot),
    element(
      "div",
      { class: "body" },
      element("p", { class: "by" }, post.name, rank(post), badge(post)),
      element("div", { class: "line" }, bubble(post), moreButton(post)),
      choices(post),
      tapAnswer(post),
    ),
  );
}

function rank(post) {
  if (post.account === state.bot.account) return element("span", { class: "rank bot" }, say("bot"));
  const isLeader = state.people.get(post.account)?.owner;
  return isLeader ? element("span", { class: "rank" }, say("leader")) : null;
}

function badge(post) {
  const text = state.people.get(post.account)?.badge;
  return text ? element("span", { class: "rank badge" }, text) : null;
}

function bubble(post) {
  return element(
    "div",
    { class: "bubble" },
    quote(post),
    ...post.media.map(picture),
    post.text ? element("p", { class: "text" }, ...linked(post.text)) : null,
    file(post),
    element(
      "p",
      { class: "when" },
      post.edited ? `${say("edited")} ` : "",
      element("time", { datetime: new Date(post.at).toISOString() }, clock.format(post.at)),
    ),
  );
}

function quote(post) {
  const quoted = find(post.quotes);
  if (!quoted) return null;
  const name = element("b", {}, quoted.name);
  const text = element("span", {}, short(quoted.text) || `[${say("picture")}]`);
  const shown = element("button", { class: "quote" }, name, text);
  shown.addEventListener("click", () => {
    const target = row(quoted.id);
    target?.scrollIntoView({ block: "center", behavior: "smooth" });
    target?.classList.add("is-flashing");
    setTimeout(() => target?.classList.remove("is-flashing"), FLASH_MS);
  });
  return shown;
}

function picture(id) {
  const image = element("img", { src: `media/${id}`, alt: say("picture"), loading: "lazy" });
  const link = { class: "picture", href: `media/${id}`, target: "_blank", rel: "noopener" };
  return element("a", link, image);
}

function file(post) {
  if (!post.attachment) return null;
  const { name, size } = post.attachment;
  const kilobytes = `${Math.max(1, Math.round(size / 1024))} KB`;
  return element(
    "a",
    { class: "file", href: `attachment/${post.id}`, download: name },
    icon("file"),
    element("span", {}, name, element("small", {}, kilobytes)),
  );
}

function choices(post) {
  if (!post.choices.length) return null;
  const buttons = post.choices.map((choice) => {
    const button = element("button", { class: "choice" }, choice.label);
    button.addEventListener("click", () => tap(post, choice, button));
    return button;
  });
  return element("div", { class: "choices" }, ...buttons);
}

function tapAnswer(post) {
  const answer = tapOf(post.id, state.speaker)?.answer;
  return answer ? element("p", { class: "tapped" }, `↳ ${short(answer, 80)}`) : null;
}

async function tap(post, choice, button) {
  if (button.getAttribute("aria-busy")) return; // A second tap while the first is on its way.
  button.setAttribute("aria-busy", "true");
  await attempt(async () => {
    const answer = await act("tap", { account: state.speaker, message: post.id, says: choice.says });
    toast(answer || say("no_answer"));
  });
  button.removeAttribute("aria-busy");
}

function moreButton(post) {
  const label = say("message_menu", { name: post.name });
  const button = element(
    "button",
    { class: "icon small more", "aria-label": label, "aria-haspopup": "menu" },
    icon("more"),
  );
  button.addEventListener("click", () => openMenu(button, actions(post)));
  return button;
}

function actions(post) {
  const items = [[say("reply"), () => composer.reply(post)]];
  if (post.account === state.speaker) items.push([say("edit"), () => composer.edit(post)]);
  if (post.text) items.push([say("copy"), () => copy(post.text)]);
  if (post.chat !== GROUP) return items;
  for (const choice of post.choices.slice(0, 8)) {
    items.push([say("everybody_taps", choice), () => rush(post, choice)]);
  }
  return items;
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  toast(say("copied"));
}

function dayName(at) {
  const today = new Date();
  const yesterday = new Date(today);
  yesterday.setDate(today.getDate() - 1);
  if (new Date(at).toDateString() === today.toDateString()) return say("today");
  if (new Date(at).toDateString() === yesterday.toDateString()) return say("yesterday");
  return day.format(at);
}

function drawEmpty() {
  $("empty").hidden = posts().size > 0;
  const names = { name: speaker().name, bot: state.bot.name };
  $("empty").textContent = say(state.isPrivate ? "empty_private" : "empty_group", names);
}

function toEnd() {
  isAtEnd = true;
  $("log").scrollTop = $("log").scrollHeight;
  reachEnd();
}

function reachEnd() {
  showMissed(0);
  if (document.visibilityState === "visible") see();
}

function showMissed(count) {
  missed = count;
  $("to-end").hidden = isAtEnd;
  $("to-end").lastElementChild.textContent = count ? say("new_messages", { count }) : say("to_end");
}

const row = (id) => $("posts").querySelector(`[data-id="${CSS.escape(id)}"]`);
