// What the page knows. Only `load` and `apply` change what the server told.

const POSTS_MAX = 600; // in one conversation; the server keeps 500
const SEEN = "carclub-seen";
const SPEAKER = "carclub-speaker";

export const GROUP = "group";

export const state = {
  number: 0,
  title: "",
  bot: { account: "bot", name: "" },
  people: new Map(),
  chats: new Map(),
  taps: new Map(),
  speaker: "",
  isPrivate: false,
  seen: readSeen(),
};

export const speaker = () => state.people.get(state.speaker);
export const privateChat = (account) => `private:${account}`;
export const chat = () => (state.isPrivate ? privateChat(state.speaker) : GROUP);
export const posts = (name = chat()) => state.chats.get(name) ?? new Map();
export const find = (id) => posts().get(id);
export const tapOf = (message, account) => state.taps.get(`${message} ${account}`);

export function load(known) {
  state.title = known.title;
  state.bot = known.bot;
  state.people = new Map(known.people.map((person) => [person.account, person]));
  state.chats = new Map();
  state.taps = new Map();
  known.posts.forEach(keepPost);
  known.taps.forEach(keepTap);
  state.number = known.number;
  if (!state.people.has(state.speaker)) {
    const last = localStorage.getItem(SPEAKER);
    state.speaker = state.people.has(last) ? last : known.people[0].account;
  }
}

export function apply(change) {
  state.number = change.number;
  if (change.post) keepPost(change.post);
  if (change.person) state.people.set(change.person.account, change.person);
  if (change.tapped) keepTap(change.tapped);
}

export function speakAs(account) {
  state.speaker = account;
  localStorage.setItem(SPEAKER, account);
}

/** Everything in the conversation on screen has been seen. */
export function see() {
  const last = [...posts().keys()].at(-1);
  if (!last || state.seen[chat()] === Number(last)) return;
  state.seen[chat()] = Number(last);
  localStorage.setItem(SEEN, JSON.stringify(state.seen));
}

export function unread(name) {
  const seen = state.seen[name] ?? 0;
  const reader = name === GROUP ? state.speaker : name.slice(privateChat("").length);
  let count = 0;
  for (const post of [...posts(name).values()].reverse()) {
    if (Number(post.id) <= seen) break;
    if (post.account !== reader) count += 1;
  }
  return count;
}

function keepPost(post) {
  if (!state.chats.has(post.chat)) state.chats.set(post.chat, new Map());
  const kept = state.chats.get(post.chat);
  kept.set(post.id, post);
  if (kept.size > POSTS_MAX) kept.delete(kept.keys().next().value);
}

function keepTap(tapped) {
  state.taps.set(`${tapped.message} ${tapped.account}`, tapped);
}

function readSeen() {
  try {
    return JSON.parse(localStorage.getItem(SEEN)) ?? {};
  } catch {
    return {};
  }
}
