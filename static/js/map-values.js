// Values of a curve by keys: what is pressed in a row is one change, shown at once.

import { byLineage, say, signed } from "./map-grid.js";
import { scaleOf, setValue } from "./map-places.js";

const PAUSE_MS = 400;
let waiting = null;

/** Sends the value that was reached by keys. */
export function sendValue() {
  if (!waiting) return;
  const { lineage, value, timer } = waiting;
  clearTimeout(timer);
  waiting = null;
  setValue(lineage, value);
}

/** Shows a point at a value, before the server has said so: its place is told by classes, in tenths of the axis. */
export function showValue(point, value) {
  const { min, max } = scaleOf(point);
  const axis = ((value - min) / (max - min)) * 4 - 2;
  const tenths = Math.round(axis * 10);
  const whole = Math.floor(tenths / 10);
  point.className = point.className.replace(/ ?(?:w-|t-|is-e)\S+/g, "");
  point.classList.add(`w-${String(whole).replace("-", "n")}`, `t-${tenths - whole * 10}`, `is-e${Math.min(4, Math.max(0, Math.floor(axis + 2.5)))}`);
  point.dataset.value = value;
  point.textContent = min === -max ? signed(value) : value;
}

/** Shows a point at a value, and sends it when no more keys come. */
export function nudge(point, value) {
  const { lineage } = point.dataset;
  if (waiting && waiting.lineage !== lineage) sendValue();
  clearTimeout(waiting?.timer);
  point.dataset.saved ??= point.dataset.value;
  showValue(point, value);
  say(signed(value));
  waiting = { lineage, value, timer: setTimeout(sendValue, PAUSE_MS) };
}

/** Begins to watch: leaving a point or the page sends what was reached. */
export function watchValues() {
  document.addEventListener("focusout", (event) => { if (event.target.dataset?.lineage === waiting?.lineage) sendValue(); });
  addEventListener("pagehide", sendValue);
  // An answer to an earlier change must not show an earlier value.
  document.addEventListener("map-changed", () => {
    const point = waiting && byLineage(waiting.lineage);
    if (!point) return;
    // What stands there now is what is saved; without it the value on its way would pass for saved.
    point.dataset.saved ??= point.dataset.value;
    showValue(point, waiting.value);
  });
}
