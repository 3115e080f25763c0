// Where people talk: how many threads are open about a stage, step, lane, card or value of a curve.

import { byLineage, grid, root } from "./map-grid.js";
import { showPanel } from "./map-panel.js";

const told = () => document.getElementById("map-talk");
let threads = {};
let mark = "";

/** The mark of what is known, so that the server tells only what is new. */
export const knownTalk = () => mark;

/** Takes what the server tells of open threads, and marks it. */
export function heardTalk(answer) {
  if (answer.talk === undefined || answer.talk === mark) return;
  ({ threads, talk: mark } = answer);
  markTalk();
}

function marked(lineage, count) {
  const tag = document.createElement("span");
  tag.className = "map-talk";
  tag.dataset.talkOf = lineage;
  const icon = document.querySelector("#comments-of-all .icon")?.cloneNode(true);
  const number = document.createElement("span");
  number.setAttribute("aria-hidden", "true");
  number.textContent = count;
  const words = document.createElement("span");
  words.className = "sr";
  words.textContent = count === 1 ? "1 open thread" : `${count} open threads`;
  tag.append(...(icon ? [icon] : []), number, words);
  return tag;
}

/** Puts the marks where they belong; the page loses them whenever a part is drawn anew. */
function markTalk() {
  for (const old of grid()?.querySelectorAll(".map-talk") ?? []) old.remove();
  for (const [lineage, count] of Object.entries(threads)) {
    const element = byLineage(lineage);
    if (element) place(marked(lineage, count), element);
  }
}

/** Puts a mark beside the words of a title, and into the corner of anything else. */
function place(tag, element) {
  const title = element.querySelector(".stage-name, .step-name, .lane-name") ?? element;
  const fold = title.querySelector(".map-fold");
  if (fold) fold.before(tag);
  else title.append(tag);
}

function read() {
  if (told()) heardTalk(JSON.parse(told().dataset.mapTalk));
}

/** Begins to mark; a mark leads to what is said. */
export function watchTalk() {
  if (!root) return;
  read();
  document.addEventListener("map-changed", markTalk);
  document.addEventListener("htmx:after:swap", () => { read(); markTalk(); });
  document.addEventListener("click", (event) => {
    const tag = event.target.closest(".map-talk");
    if (tag) showPanel(tag.dataset.talkOf, "comments");
  });
}
