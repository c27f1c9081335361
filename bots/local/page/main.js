// Puts the page together: what is known → what is drawn.

import { composer, startComposer } from "./composer.js";
import { $ } from "./elements.js";
import { attempt, openMenu } from "./overlays.js";
import { drawHeader, drawPeople, drawPerson, open, startPeople } from "./people.js";
import { drawPost, drawPosts, drawTap, startPosts } from "./posts.js";
import { apply, load, see, speakAs, speaker, state } from "./state.js";
import { act, follow, history } from "./wire.js";
import { say, translate } from "./words.js";

const OFFLINE_SHOWN_AFTER_MS = 1500; // a short break needs no words

let offlineTimer;

function drawAll() {
  drawPosts();
  drawPeople();
  drawHeader();
  composer.draw();
}

function choose(account) {
  speakAs(account);
  composer.forget();
  drawAll();
  if (matchMedia("(hover: hover)").matches) composer.focus(); // a phone would open its keyboard
}

function turnTo(isPrivate) {
  if (state.isPrivate === isPrivate) return;
  state.isPrivate = isPrivate;
  composer.forget();
  drawAll();
}

function changed(changes) {
  changes.forEach(apply);
  const people = new Set();
  for (const { post, person, tapped } of changes) {
    if (post) drawPost(post);
    if (tapped) drawTap(tapped);
    if (person) people.add(person.account);
    if (post?.chat.startsWith("private:")) people.add(post.chat.slice("private:".length));
  }
  for (const account of people) {
    if (state.people.has(account)) drawPerson(state.people.get(account));
  }
  drawHeader();
  if (people.has(state.speaker)) composer.draw();
}

function connected(isConnected) {
  clearTimeout(offlineTimer);
  if (isConnected) $("offline").hidden = true;
  else offlineTimer = setTimeout(() => ($("offline").hidden = false), OFFLINE_SHOWN_AFTER_MS);
}

async function loadAll() {
  await attempt(async () => {
    load(await history());
    drawAll();
  });
}

function startHeader() {
  const tabs = [$("tab-group"), $("tab-private")];
  tabs.forEach((tab, index) => tab.addEventListener("click", () => turnTo(index === 1)));
  tabs[0].parentElement.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    turnTo(!state.isPrivate);
    tabs[Number(state.isPrivate)].focus();
  });
  $("group-menu").addEventListener("click", () => {
    const { account, name, present } = speaker();
    const verb = present ? "leave" : "join";
    openMenu($("group-menu"), [[say(verb, { name }), () => attempt(() => act(verb, { account }))]]);
  });
  $("speaker").addEventListener("click", open);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") see();
  });
}

translate(document);
$("offline").textContent = say("offline");
startHeader();
startPeople(choose);
startComposer();
startPosts(composer);
await loadAll();
follow({ after: () => state.number, changed, isMissing: loadAll, connected });
