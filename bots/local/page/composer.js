// Where a member writes: text, a picture, a quote, an edit, an @.

import { $, avatar, element, icon, short } from "./elements.js";
import { startMentions } from "./mentions.js";
import { attempt, toast } from "./overlays.js";
import { speaker, state } from "./state.js";
import { act, upload } from "./wire.js";
import { say } from "./words.js";

const TEXT_MAX = 20_000;
const PICTURE_MAX_BYTES = 2 * 1024 * 1024;
const HEIGHT_MAX_PIXELS = 160;

const text = $("text");
let about = null; // { verb: "reply" | "edit", post }
let picture = null;

export function startComposer() {
  const mentions = startMentions(text);
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  text.addEventListener("input", fit);
  text.addEventListener("keydown", (event) => {
    if (mentions.takes(event)) return;
    if (event.key === "Escape") think(null);
    // Enter that chooses a word in an input method (229 in Safari) is not ours.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    send();
  });
  $("about-close").addEventListener("click", () => think(null));
  $("attach").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => choosePicture($("file").files[0]));
  $("picture-close").addEventListener("click", () => choosePicture(null));
  $("come-back").addEventListener("click", () =>
    attempt(() => act("join", { account: state.speaker })),
  );
}

export const composer = {
  reply: (post) => think({ verb: "reply", post }),
  edit: (post) => {
    think({ verb: "edit", post });
    text.value = post.text;
    fit();
  },
  /** For whoever speaks now, where they speak now. */
  draw() {
    const { account, name, present } = speaker();
    const isAway = !present && !state.isPrivate;
    $("speaker").replaceChildren(avatar(account, name), icon("chevron"));
    text.placeholder = state.isPrivate
      ? say("say_in_private", { bot: state.bot.name })
      : say("say_in_group", { name });
    text.setAttribute("aria-label", text.placeholder);
    $("away").hidden = !isAway;
    $("away").firstElementChild.textContent = say("away", { name });
    text.disabled = $("send").disabled = $("attach").disabled = $("mention").disabled = isAway;
  },
  forget: () => think(null),
  focus: () => text.focus(),
};

async function send() {
  const words = text.value;
  const request = { account: state.speaker, text: words };
  if (!words.trim() && !picture) return;
  if ([...words].length > TEXT_MAX) {
    toast(say("too_long", { max: TEXT_MAX }), "is-bad");
    return;
  }
  const former = { about, picture };
  text.value = "";
  fit();
  think(null);
  choosePicture(null);
  const isSent = await attempt(async () => {
    if (former.about?.verb === "edit") {
      await act("edit", { ...request, message: former.about.post.id });
      return;
    }
    request.private = state.isPrivate;
    if (former.about) request.quotes = former.about.post.id;
    if (former.picture) request.media = [await upload(former.picture)];
    const answer = await act("say", request);
    if (answer) toast(answer);
  });
  if (isSent || text.value) return;
  text.value = words; // nothing written is lost
  think(former.about);
  choosePicture(former.picture);
  fit();
}

function think(next) {
  if (about?.verb === "edit" && !next) text.value = "";
  about = next;
  $("about").hidden = !next;
  if (next) {
    const facts = { name: next.post.name, text: short(next.post.text) || `[${say("picture")}]` };
    const label = say(next.verb === "edit" ? "editing" : "replying", facts);
    $("about").querySelector(".about-text").textContent = label;
    text.focus();
  }
  fit();
}

function choosePicture(file) {
  if (file && file.size > PICTURE_MAX_BYTES) {
    toast(say("picture_too_large"), "is-bad");
    file = null;
  }
  if ($("picture-shown").src) URL.revokeObjectURL($("picture-shown").src);
  picture = file ?? null;
  $("picture").hidden = !picture;
  $("file").value = "";
  if (!picture) return $("picture-shown").removeAttribute("src");
  $("picture-shown").src = URL.createObjectURL(picture);
  $("picture").querySelector(".about-text").textContent = picture.name;
  text.focus();
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, HEIGHT_MAX_PIXELS)}px`;
}
