// From the map into the library: a card becomes an opportunity, cards of text become insights.

import { toast, token } from "./change-queue.js";
import { queue } from "./map-changes.js";
import { subjects } from "./map-focus.js";
import { root, say } from "./map-grid.js";
import { lookForNews } from "./map-live.js";

/** Posts cards to an address of the map; gives the answer, or null after saying why not. */
async function post(name, lineages, more = {}) {
  await queue.send();
  const url = root.dataset.opsUrl.replace(/ops(\?.*)?$/, `${name}/`);
  const body = new URLSearchParams([...lineages.map((lineage) => ["card", lineage]), ...Object.entries(more)]);
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const answer = await fetch(url, { method: "POST", headers, body }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok) return told;
  toast(told?.message ?? "This could not be done. Try again in a moment.", { is_bad: true });
  return null;
}

/** Makes an opportunity of the card at hand. */
export async function makeOpportunity() {
  const told = await post("capture", subjects().slice(0, 1));
  if (!told) return;
  const words = `“${told.title}” ${told.is_new ? "is a new opportunity" : "is an opportunity already"}`;
  toast(words);
  say(words);
}

/** Makes insights of the cards that are selected; the map shows them in their place. */
export async function makeInsights() {
  const told = await post("insights", subjects());
  if (!told) return;
  const count = told.insights.length;
  say(`${count} ${count === 1 ? "insight is" : "insights are"} in the library now`);
  await lookForNews();
}
