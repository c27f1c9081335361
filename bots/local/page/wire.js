// Talking to carclub: requests, and the stream of changes that follows wherever it stopped.

import { say } from "./words.js";

const RETRY_FIRST_MS = 300;
const RETRY_MAX_MS = 2000;

export class Failure extends Error {}

export async function history() {
  return (await ask("history", { cache: "no-store" })).json();
}

/** What the house answered to the one who acted. Throws Failure. */
export async function act(verb, body) {
  const response = await ask(verb, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()).answer;
}

/** The id of a picture now kept. Throws Failure. */
export async function upload(file) {
  const response = await ask("media", { method: "POST", body: file });
  return (await response.json()).id;
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Failure(say("unreachable"));
  }
  if (response.ok) return response;
  const refusal = await response.json().catch(() => ({}));
  throw new Failure(refusal.error ?? String(response.status));
}

/** Hand on changes for ever; `isMissing` is called when some are gone and all must be loaded. */
export function follow({ after, changed, isMissing, connected }) {
  let wait = RETRY_FIRST_MS;

  function connect() {
    const address = new URL(`stream?after=${after()}`, location.href);
    address.protocol = "ws:";
    const socket = new WebSocket(address);
    socket.addEventListener("open", () => {
      wait = RETRY_FIRST_MS;
      connected(true);
    });
    socket.addEventListener("message", async ({ data }) => {
      const news = JSON.parse(data);
      if (news.changes) return changed(news.changes);
      await isMissing();
      socket.close();
    });
    socket.addEventListener("close", () => {
      connected(false);
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, RETRY_MAX_MS);
    });
  }

  connect();
}
