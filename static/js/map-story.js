// A map as a story: keys lead through it, it fills the screen, and the window with the notes goes along.

const root = () => document.querySelector("[data-story]");
const isNotes = Boolean(document.querySelector("[data-story-is-notes]"));
const channel = root() && new BroadcastChannel(`wayfare-story-${root().dataset.story}`);
const KEYS = { ArrowRight: "after", PageDown: "after", " ": "after", ArrowLeft: "before", PageUp: "before", Backspace: "before" };
let isFollowing = false;

/** Where the story is, as both windows know it: the query of the address. */
const place = () => location.search;

function go(way) {
  document.querySelector(`[data-story-${way}]`)?.click();
}

function press(event) {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (target.matches("input, textarea, select, [contenteditable]") || (key === " " && target.closest("a, button, summary"))) return;
  if (KEYS[key]) {
    event.preventDefault();
    go(event.shiftKey && key === " " ? "before" : KEYS[key]);
  }
}

/** Goes where the other window went; what one is writing there stays. */
function follow({ data }) {
  if (data === place() || document.activeElement?.matches("textarea")) return;
  isFollowing = true;
  const url = `${location.pathname}${data}`;
  if (isNotes) location.replace(url);
  else window.htmx.ajax("GET", url, { target: "#story", swap: "outerMorph" }).then(() => { history.replaceState(null, "", url); isFollowing = false; });
}

/** Offers what takes a script: the whole screen. */
function offer() {
  const button = document.querySelector("[data-story-full]");
  if (button) button.hidden = !document.fullscreenEnabled;
}

/** Tells the other window, and lets a reader of the screen hear what is shown now. */
function shown() {
  offer();
  if (isFollowing) return;
  channel.postMessage(place());
  document.getElementById("story-title")?.focus({ preventScroll: true });
}

if (channel) {
  channel.addEventListener("message", follow);
  document.addEventListener("keydown", press);
  document.addEventListener("htmx:after:swap", () => setTimeout(shown));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-story-full]")) document.getElementById("story").requestFullscreen?.();
    const way = isNotes && event.target.closest("[data-story-before], [data-story-after]");
    if (way) channel.postMessage(new URL(way.href).search);
  });
  offer();
}
