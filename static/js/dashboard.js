// Tiles of a dashboard: dragging them by their handle, or moving them with the arrow keys on it. Forms do the
// same without a script. After each change the focus stays where it was, and what changed is said.

const STARTS_AT_PX = 5;
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
let drag = null;
let focused = "";

const tiles = () => [...document.querySelectorAll("[data-tile]")];
const tileAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-tile]");

/** Shows the handles, which need this script. */
function showHandles() {
  for (const handle of document.querySelectorAll("[data-tile-handle]")) handle.hidden = false;
}

/** Sends a tile to a place; the answer shows the dashboard as it is then. */
function send(handle, place) {
  if (place < 0 || place >= tiles().length) return;
  const form = handle.closest("form");
  form.elements.place.value = String(place);
  form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  const handle = event.target.closest?.("[data-tile-handle]");
  const step = STEPS[event.key];
  if (!handle || !step) return;
  event.preventDefault();
  send(handle, Number(handle.closest("[data-tile]").dataset.tile) + step);
});

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest?.("[data-tile-handle]");
  if (!handle || event.button !== 0) return;
  drag = { handle, tile: handle.closest("[data-tile]"), x: event.clientX, y: event.clientY, isOn: false, over: null };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  drag.isOn ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > STARTS_AT_PX;
  if (!drag.isOn) return;
  drag.tile.classList.add("is-dragged");
  drag.over?.classList.remove("is-target");
  drag.over = tileAt(event);
  if (drag.over !== drag.tile) drag.over?.classList.add("is-target");
});

function end() {
  drag?.tile.classList.remove("is-dragged");
  drag?.over?.classList.remove("is-target");
  drag = null;
}

document.addEventListener("pointerup", () => {
  const { handle, tile, over, isOn } = drag ?? {};
  end();
  if (isOn && over && over !== tile) send(handle, Number(over.dataset.tile));
});
document.addEventListener("pointercancel", end);
document.addEventListener("dragstart", (event) => { if (drag) event.preventDefault(); });

document.addEventListener("htmx:before:request", (event) => {
  const isChange = event.detail.ctx.sourceElement?.closest?.(".tile-tools");
  if (isChange) focused = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:after:swap", () => {
  showHandles();
  const body = document.querySelector("[data-dashboard]");
  const live = document.getElementById("live");
  if (body?.dataset.says && live) {
    live.textContent = body.dataset.says;
    body.dataset.says = "";
  }
  if (!focused) return;
  const same = document.getElementById(focused);
  focused = "";
  // At an end the button cannot go on: its handle takes the focus.
  const next = same?.disabled ? same.closest(".tile-tools").querySelector("[data-tile-handle]") : same;
  if (next && next !== document.activeElement) next.focus();
});

showHandles();
