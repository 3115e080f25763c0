// A matrix (components/matrix.html): dragging its points, and moving them with the arrow keys. The table below
// does the same without a script, and follows what is moved here.

import { toast, token } from "./change-queue.js";

const STEPS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", 1], ArrowDown: ["y", -1] };
const PAUSE_MS = 400;
// Where a move asks for a reason, somebody who goes on with the keys must not be asked in between.
const PAUSE_BEFORE_ASKING_MS = 1_200;
const NEAR_LEFT = 15;
const NEAR_RIGHT = 85;
const STARTS_AT_PX = 4;
const matrix = document.querySelector("[data-matrix]");
const plane = matrix?.querySelector("[data-matrix-plane]");
const why = document.querySelector("[data-matrix-why]");
const timers = new WeakMap();
let drag = null;

/** What the page says of an axis. */
function axis(side) {
  const told = (name) => matrix.getAttribute(`data-${side}-${name}`);
  return {
    key: told("axis"), label: told("label"), fixed: told("fixed"), says: told("says"),
    isSigned: told("signed") !== "", low: Number(told("low")), high: Number(told("high")), step: Number(told("step")), far: Number(told("far")),
    margin: Number(told("margin")),
  };
}

const axes = matrix && { x: axis("x"), y: axis("y") };
/** Where a value lies in the drawing, in percent. */
function share({ low, high, margin }, value) {
  const within = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return 100 * (margin + (1 - 2 * margin) * within);
}

const place = (node) => ({ x: Number(node.dataset.x), y: Number(node.dataset.y) });
const said = (value, { says, isSigned }) => says.replace("{}", (isSigned && value > 0 ? `+${value}` : String(value)).replace("-", "−"));

/** The value that an axis takes nearest to *value*. */
function snapped({ low, high, step }, value) {
  const near = low + Math.round((value - low) / step) * step;
  return Number(Math.min(Math.max(near, low), high).toFixed(2));
}

/** Draws a point at a place, and writes the place into the table. */
function show(node, to) {
  const was = place(node);
  const form = document.getElementById(`place-${node.dataset.spot}`);
  for (const side of ["x", "y"]) {
    node.dataset[side] = to[side];
    if (form.elements[side]) form.elements[side].value = to[side];
    if (to[side] === was[side]) continue;
    // What somebody sets has no interval, and says all that there is.
    node.querySelector(`[data-bar=${side}]`)?.remove();
    node.removeAttribute(`data-${side}-words`);
  }
  const [across, up] = [share(axes.x, to.x), share(axes.y, to.y)];
  // What is moved stands at the place itself, not beside it as one of several.
  node.parentElement.removeAttribute("transform");
  const drawn = node.closest(".matrix-node");
  drawn.setAttribute("x", `${across}%`);
  drawn.setAttribute("y", `${100 - up}%`);
  const anchor = across < NEAR_LEFT ? "start" : across > NEAR_RIGHT ? "end" : "middle";
  drawn.querySelector(".matrix-name").setAttribute("text-anchor", anchor);
  const words = ["x", "y"].map((side) => {
    const told = node.getAttribute(`data-${side}-words`);
    return told ? `${axes[side].label}: ${told}` : said(to[side], axes[side]);
  });
  node.setAttribute("aria-label", `${node.dataset.name}: ${words.join(", ")}`);
}

function say(words) {
  document.querySelector("[data-matrix-status]").textContent = words;
}

/** Says why something stays where it is. */
function refuse(words) {
  say(words);
  toast(words, { is_bad: true });
}

/** Why a point cannot be moved along an axis; empty where it can. */
const fixed = (node, side) => node.dataset.fixed || (axes[side].fixed && `${axes[side].label}: ${axes[side].fixed}`);

/** What is posted for a point where it stands now: only what people set. */
function asked(node, reason) {
  const to = place(node);
  const body = new URLSearchParams({ [matrix.dataset.itemName]: node.dataset.spot });
  for (const side of ["x", "y"]) {
    body.set(`${side}_axis`, axes[side].key);
    if (!axes[side].fixed) body.set(side, to[side]);
  }
  if (reason) body.set("reason", reason);
  return { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token() } };
}

/** Asks why a point goes where it stands now; empty where it shall go back. */
function askedWhy(node) {
  const dialog = why.closest("dialog");
  document.querySelector("[data-matrix-moved]").textContent = node.getAttribute("aria-label");
  why.reset();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "save" ? why.elements.reason.value.trim() : ""), { once: true });
  });
}

/** Sends where a point stands; puts it back where the server does not take it. */
async function save(node, before) {
  const to = place(node);
  if (to.x === before.x && to.y === before.y) return show(node, before);
  const reason = why ? await askedWhy(node) : "";
  if (why && !reason) {
    show(node, before);
    return say(`${node.dataset.name} stays where it was.`);
  }
  const answer = await fetch(matrix.dataset.placeUrl, asked(node, reason)).catch(() => null);
  if (answer?.status === 204) {
    say(`${node.getAttribute("aria-label")}. Saved.`);
    document.dispatchEvent(new CustomEvent("matrix-moved"));
    return undefined;
  }
  show(node, before);
  const told = answer?.status === 422 ? await answer.text() : "Reload the page and try again.";
  return refuse(`${node.dataset.name} could not be moved. ${told}`);
}

function onKey(event) {
  const node = event.target.closest?.("[data-spot]");
  const [side, sign] = STEPS[event.key] ?? [];
  if (!node || !side || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (fixed(node, side)) return void refuse(fixed(node, side));
  const was = place(node);
  const far = event.shiftKey ? axes[side].far : axes[side].step;
  show(node, { ...was, [side]: snapped(axes[side], was[side] + sign * far) });
  node.classList.add("is-held");
  const waiting = timers.get(node);
  clearTimeout(waiting?.timer);
  const before = waiting?.before ?? was;
  const timer = setTimeout(() => {
    timers.delete(node);
    node.classList.remove("is-held");
    save(node, before);
  }, why ? PAUSE_BEFORE_ASKING_MS : PAUSE_MS);
  timers.set(node, { timer, before });
}

function onDown(event) {
  const node = event.target.closest?.("[data-spot]");
  if (!node || event.button !== 0) return;
  drag = { node, before: place(node), from: [event.clientX, event.clientY], isMoved: false };
  node.setPointerCapture(event.pointerId);
}

function onMove(event) {
  if (!drag) return;
  const moved = { x: event.clientX - drag.from[0], y: drag.from[1] - event.clientY };
  if (!drag.isMoved && Math.hypot(moved.x, moved.y) < STARTS_AT_PX) return;
  drag.isMoved = true;
  drag.node.classList.add("is-dragged", "is-held");
  const box = plane.getBoundingClientRect();
  const size = { x: box.width, y: box.height };
  const to = { ...drag.before };
  for (const side of ["x", "y"]) {
    if (fixed(drag.node, side)) continue;
    const { low, high, margin } = axes[side];
    const length = size[side] * (1 - 2 * margin);
    to[side] = snapped(axes[side], drag.before[side] + ((high - low) * moved[side]) / length);
  }
  drag.towards = moved;
  show(drag.node, to);
}

function onUp(event) {
  if (!drag) return;
  const { node, before, isMoved, towards } = drag;
  const to = place(node);
  drag = null;
  node.classList.remove("is-dragged", "is-held");
  if (!isMoved) return;
  const isSame = to.x === before.x && to.y === before.y;
  const side = Math.abs(towards.x) > Math.abs(towards.y) ? "x" : "y";
  if (event.type === "pointercancel") show(node, before);
  else if (!isSame) save(node, before);
  // Who pulls along an axis that is fixed is told why nothing happens.
  else if (fixed(node, side)) refuse(fixed(node, side));
  // The click that ends a drag, which comes at once, must not open what the point stands for.
  const swallow = (click) => click.preventDefault();
  node.addEventListener("click", swallow);
  setTimeout(() => node.removeEventListener("click", swallow));
}

if (plane) {
  plane.addEventListener("keydown", onKey);
  plane.addEventListener("pointerdown", onDown);
  plane.addEventListener("pointermove", onMove);
  plane.addEventListener("pointerup", onUp);
  plane.addEventListener("pointercancel", onUp);
  plane.addEventListener("dragstart", (event) => event.preventDefault());
  // Leaving within the pause must not lose the last move.
  addEventListener("pagehide", () => {
    for (const node of why ? [] : plane.querySelectorAll("[data-spot]")) {
      const waiting = timers.get(node);
      if (!waiting) continue;
      clearTimeout(waiting.timer);
      fetch(matrix.dataset.placeUrl, { ...asked(node), keepalive: true });
    }
  });
}
