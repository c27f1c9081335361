// Everybody in the group taps the same button at the same moment: an envelope rush to watch.

import { $, avatar, element } from "./elements.js";
import { state } from "./state.js";
import { act, Failure } from "./wire.js";
import { say } from "./words.js";

export async function rush(post, choice) {
  const present = shuffled([...state.people.values()].filter((person) => person.present));
  const list = $("rush-list");
  let done = 0;
  list.replaceChildren();
  $("rush-title").textContent = say("everybody_taps", choice);
  showProgress(done, present.length);
  $("rush").showModal();
  const start = performance.now();
  await Promise.all(
    present.map(async (person) => {
      const answer = await answerTo(person, post, choice);
      done += 1;
      showProgress(done, present.length);
      list.append(
        element(
          "li",
          {},
          avatar(person.account, person.name),
          element("b", {}, person.name),
          element("span", {}, answer),
        ),
      );
    }),
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  $("rush-progress").textContent = say("rush_done", { count: present.length, seconds });
}

/** Whoever stands first in the list should not always win. */
function shuffled(people) {
  for (let last = people.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [people[last], people[other]] = [people[other], people[last]];
  }
  return people;
}

async function answerTo(person, post, choice) {
  try {
    const tap = { account: person.account, message: post.id, says: choice.says };
    return (await act("tap", tap)) || say("no_answer");
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return say("failed", { reason: error.message });
  }
}

function showProgress(done, count) {
  $("rush-progress").textContent = say("rush_progress", { done, count });
}

$("rush-close").addEventListener("click", () => $("rush").close());
$("rush").addEventListener("click", (event) => {
  if (event.target === $("rush")) $("rush").close(); // beside it
});
