// What others do: looked for each second while the page is seen, shown where nobody is writing over it; and where
// they are.

import { toast } from "./change-queue.js";
import { answersSoFar, head, look, queue, show } from "./map-changes.js";
import { active } from "./map-focus.js";
import { byLineage, cellAt, cellOf, grid, laneOf, lineageOf, root, say } from "./map-grid.js";
import { heardTalk, knownTalk } from "./map-talk.js";
import { isWriting } from "./map-writing.js";

const POLL_MS = 1_000;
const HIDES = "wayfare-map-hides-me";
const isHiding = () => localStorage.getItem(HIDES) === "1";
let isLooking = false;
let present = [];
let known = "";

/** Where one is, as others are told. */
function place() {
  const element = active();
  const lineage = lineageOf(element);
  const cell = cellOf(element);
  return lineage || (cell?.dataset.step ? `${laneOf(cell).dataset.lineage} ${cell.dataset.step}` : "");
}

/** Looks what is new and shows it; what an answer of one's own has overtaken is looked for again. */
export async function lookForNews({ isWhole = false } = {}) {
  if (isLooking || !root.dataset.changesUrl) return;
  isLooking = true;
  const before = answersSoFar();
  const query = look();
  query.set("after", isWhole ? "0" : head());
  query.set("at", place());
  query.set("typing", isWriting() ? "1" : "0");
  query.set("hidden", isHiding() ? "1" : "0");
  query.set("present", known);
  query.set("talk", knownTalk());
  try {
    const answer = await fetch(`${root.dataset.changesUrl}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.status !== 200 || answer.redirected || before !== answersSoFar()) return;
    const told = await answer.json();
    known = told.mark ?? "";
    markPresent(told.present ?? []);
    if (told.html) await show(told.html);
    heardTalk(told);
    root.dataset.head = told.head;
    markPlaces();
    announce(told.changes ?? []);
  } finally {
    isLooking = false;
  }
}

/** Says, once in a while, what somebody else did last. */
function announce(changes) {
  const theirs = changes.filter((one) => !one.is_mine);
  if (!theirs.length) return;
  const { by, words } = theirs.at(-1);
  const more = theirs.length > 1 ? ` and ${theirs.length - 1} more` : "";
  toast(`${by} ${words}${more}`);
  say(`${by} ${words}${more}`, { isOwn: false });
}

/** The first letters of a name, and one of eight colours that stays theirs. */
const initials = (name) => name.split(/\s+/).map((part) => part[0] ?? "").join("").slice(0, 2).toUpperCase();
const colour = (id) => `persona-c${(parseInt(id.slice(-2), 16) % 8) + 1}`;

function part(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function markPresent(people) {
  present = people;
  const list = document.querySelector("[data-present]");
  list?.replaceChildren(...people.map((one) => {
    const words = `${one.name} is ${one.is_typing ? "typing" : "here"}`;
    const item = part("li", `map-person ${colour(one.id)}`, "");
    item.title = words;
    const sign = part("span", "", initials(one.name));
    sign.setAttribute("aria-hidden", "true");
    item.append(sign, part("span", "sr", words));
    return item;
  }));
}

/** Marks the cells where others are; the page loses the marks whenever a part is drawn anew. */
function markPlaces() {
  for (const old of grid().querySelectorAll(".map-here")) old.remove();
  for (const one of present) {
    const [first, second] = (one.at ?? "").split(" ");
    const element = second ? cellAt(first, second) : byLineage(first);
    const cell = cellOf(element);
    if (!cell) continue;
    const tag = part("span", `map-here ${colour(one.id)}`, one.is_typing ? `${initials(one.name)} …` : initials(one.name));
    tag.setAttribute("aria-hidden", "true");
    cell.append(tag);
  }
}

/** Lets somebody be on maps, in this browser, without others being told; they see the others all the same. */
function watchHiding() {
  const button = document.querySelector("[data-hides-me]");
  if (!button) return;
  const show = () => { button.querySelector("span").textContent = isHiding() ? "Show me to others" : "Do not show me to others"; };
  button.hidden = false;
  button.addEventListener("click", () => {
    localStorage.setItem(HIDES, isHiding() ? "0" : "1");
    show();
    say(isHiding() ? "Others do not see you on maps any more" : "Others see you on maps again");
    lookForNews();
  });
  show();
}

/** Begins to look; not while the page is hidden, something waits to be sent, or is held. */
export function watchOthers() {
  setInterval(() => {
    if (!document.hidden && queue.isEmpty && !document.querySelector("#map-grid .is-held")) lookForNews();
  }, POLL_MS);
  document.addEventListener("map-changed", markPlaces);
  watchHiding();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) lookForNews(); });
}
