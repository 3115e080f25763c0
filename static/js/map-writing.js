// Writing on the map: one field, laid over the place that it is about, so that the page may change beneath it while
// one types. It saves after a pause, and when it is left.

import { scroller } from "./map-grid.js";

const PAUSE_MS = 800;
const NARROWEST_PX = 170;
const main = document.querySelector("main");
let field = null;
let session = null;

/** Whether somebody is writing. */
export const isWriting = () => session !== null;

/** Writes on, as if it had been typed: what was pressed before the field was there. */
export function typeOn(text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input"));
}

/** Lays the field over its place; where that is out of sight or gone, it stays as it is. */
export function lay() {
  const { over, beside, below } = session?.place() ?? {};
  const place = over ?? beside ?? below;
  if (!place) return;
  const box = place.getBoundingClientRect();
  const view = scroller().getBoundingClientRect();
  const width = Math.max(beside ? 0 : box.width, NARROWEST_PX);
  const left = Math.min(Math.max(beside ? box.right - 8 : box.left, view.left), Math.max(view.right - width - 4, 4));
  const top = Math.min(Math.max(below ? box.bottom - 4 : box.top, view.top), view.bottom - 40);
  const looks = { left: `${left}px`, top: `${top}px`, "inline-size": `${width}px`, "min-block-size": `${over ? box.height : 0}px`, "block-size": "auto" };
  for (const [name, value] of Object.entries(looks)) field.style.setProperty(name, value);
  field.style.setProperty("block-size", `${field.scrollHeight + 2}px`);
}

function save() {
  clearTimeout(session.timer);
  const text = field.value.trim();
  if (text === session.saved || (!text && !session.mayBeEmpty)) return;
  session.saved = text;
  session.save(text);
}

/** Ends writing: *how* is "enter", "next", "previous", "stay" or "away"; "cancel" takes back what was saved meanwhile. */
export function finish(how) {
  if (!session) return;
  const ended = session;
  if (how === "cancel") {
    clearTimeout(ended.timer);
    if (ended.saved !== ended.value) ended.takeBack();
  } else {
    save();
  }
  session = null;
  field.hidden = true;
  ended.end(how, field.value.trim());
}

function press(event) {
  if (event.isComposing) return;
  const how = {
    Escape: "cancel",
    Tab: event.shiftKey ? "previous" : "next",
    Enter: event.ctrlKey || event.metaKey ? "stay" : session.isLine && !event.shiftKey ? "enter" : "",
  }[event.key];
  event.stopPropagation();
  if (!how) return;
  event.preventDefault();
  finish(how);
}

function make() {
  field = document.createElement("textarea");
  field.className = "map-writing";
  field.rows = 1;
  field.hidden = true;
  field.addEventListener("keydown", press);
  field.addEventListener("input", () => {
    if (!session) return;
    lay();
    clearTimeout(session.timer);
    session.timer = setTimeout(save, PAUSE_MS);
  });
  field.addEventListener("blur", () => finish("away"));
  main.append(field);
  addEventListener("scroll", lay, { capture: true, passive: true });
  addEventListener("resize", lay);
  addEventListener("pagehide", () => session && save());
  document.addEventListener("map-changed", lay);
}

/**
 * Lets somebody write. *place* gives the element that the field lies `over`, or stands `beside` or `below`.
 * *value* is the text so far, *label* says what it is, *isLine* that Enter ends it, *most* how long it may be.
 * *save* is called with the text whenever it is to be kept, *takeBack* when it was kept and is given up, *end* last.
 */
export function write({ place, value = "", label, hint = "", isLine = false, most = 2_000,
  mayBeEmpty = false, save: keep, takeBack, end }) {
  if (!field) make();
  finish("away");
  session = { place, value, saved: value, isLine, mayBeEmpty, save: keep, takeBack, end, timer: 0 };
  field.value = value;
  field.maxLength = most;
  field.placeholder = hint;
  field.setAttribute("aria-label", label);
  field.hidden = false;
  lay();
  field.focus({ preventScroll: true });
  field.setSelectionRange(value.length, value.length);
}
