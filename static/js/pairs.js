// Pairs that may be one person: arrows (or j and k) move between them, m merges, n says "not the same".

const isOff = () => localStorage.getItem("wayfare-shortcuts") === "off";
const isTyping = (element) => element.matches?.("input, textarea, select, [contenteditable]");
const pairs = () => [...document.querySelectorAll("[data-pairs] [data-pair]")];
const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
const DEEDS = { m: "[data-pair-merge]", n: "[data-pair-refuse]" };
let at = -1;

/** The place of the pair one is on; -1 on none. */
const place = () => pairs().indexOf(document.activeElement?.closest?.("[data-pair]"));

function focus(index) {
  const pair = pairs()[Math.min(Math.max(index, 0), pairs().length - 1)];
  pair?.focus();
  pair?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (isOff() || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (event.key in STEPS && pairs().length) {
    focus(place() + STEPS[event.key]);
    event.preventDefault();
  } else if (event.key in DEEDS && place() >= 0) {
    pairs()[place()].querySelector(DEEDS[event.key])?.click();
    event.preventDefault();
  }
});

// What was decided about is gone: the next pair takes its place, and the focus. Other parts of the
// page ask the server too meanwhile; only what was asked for here counts.
const isOfPairs = (event) => Boolean(event.detail.ctx?.target?.matches?.("[data-pairs]"));
document.addEventListener("htmx:before:request", (event) => {
  if (isOfPairs(event)) at = place();
});
document.addEventListener("htmx:after:swap", (event) => {
  if (isOfPairs(event) && at >= 0) focus(at);
});
