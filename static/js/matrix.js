// A matrix of personas: dragging them, and moving them with the arrow keys. The table below does the same
// without a script, and follows what is moved here.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FAR = 5;
const PAUSE_MS = 400;
const NEAR_LEFT = 15;
const NEAR_RIGHT = 85;
const STARTS_AT_PX = 4;
const matrix = document.querySelector("[data-matrix]");
const plane = matrix?.querySelector("[data-matrix-plane]");
const timers = new WeakMap();
let drag = null;

const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
const clamp = (value) => Math.round(Math.min(Math.max(value, 0), 100));
const place = (node) => [Number(node.dataset.x), Number(node.dataset.y)];

/** Draws a persona at a place, and writes the place into the table. */
function show(node, [x, y]) {
  node.dataset.x = x;
  node.dataset.y = y;
  // Who is moved stands at the place itself, not beside it as one of several.
  node.removeAttribute("transform");
  node.parentElement.setAttribute("x", `${x}%`);
  node.parentElement.setAttribute("y", `${100 - y}%`);
  const anchor = x < NEAR_LEFT ? "start" : x > NEAR_RIGHT ? "end" : "middle";
  node.querySelector(".matrix-name").setAttribute("text-anchor", anchor);
  const ends = (where) => matrix.querySelector(`.matrix-end.is-${where}`).textContent;
  node.setAttribute(
    "aria-label",
    `${node.dataset.name}: ${x} from ${ends("left")} to ${ends("right")}, ${y} from ${ends("bottom")} to ${ends("top")}`,
  );
  const form = document.getElementById(`place-${node.dataset.persona}`);
  form.elements.x.value = x;
  form.elements.y.value = y;
}

function say(words) {
  document.querySelector("[data-matrix-status]").textContent = words;
}

/** Sends where a persona stands; puts it back where the server does not take it. */
async function save(node, before) {
  const [x, y] = place(node);
  const body = new URLSearchParams({ persona: node.dataset.persona, x, y });
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const answer = await fetch(matrix.dataset.placeUrl, { method: "POST", body, headers }).catch(() => null);
  if (answer?.status === 204) {
    say(`${node.getAttribute("aria-label")}. Saved.`);
    return;
  }
  show(node, before);
  const words = `${node.dataset.name} could not be moved. Reload the page and try again.`;
  say(words);
  document.dispatchEvent(new CustomEvent("toast", { detail: { words, is_bad: true } }));
}

function onKey(event) {
  const node = event.target.closest?.("[data-persona]");
  const step = STEPS[event.key];
  if (!node || !step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const [x, y] = place(node);
  const far = event.shiftKey ? FAR : 1;
  show(node, [clamp(x + far * step[0]), clamp(y + far * step[1])]);
  const waiting = timers.get(node);
  clearTimeout(waiting?.timer);
  const before = waiting?.before ?? [x, y];
  const timer = setTimeout(() => {
    timers.delete(node);
    save(node, before);
  }, PAUSE_MS);
  timers.set(node, { timer, before });
}

function onDown(event) {
  const node = event.target.closest?.("[data-persona]");
  if (!node || event.button !== 0) return;
  const [x, y] = place(node);
  drag = { node, before: [x, y], from: [event.clientX, event.clientY], isMoved: false };
  node.setPointerCapture(event.pointerId);
}

function onMove(event) {
  if (!drag) return;
  const [dx, dy] = [event.clientX - drag.from[0], event.clientY - drag.from[1]];
  if (!drag.isMoved && Math.hypot(dx, dy) < STARTS_AT_PX) return;
  drag.isMoved = true;
  drag.node.classList.add("is-dragged");
  const box = plane.getBoundingClientRect();
  const [x, y] = drag.before;
  show(drag.node, [clamp(x + (100 * dx) / box.width), clamp(y - (100 * dy) / box.height)]);
}

function onUp(event) {
  if (!drag) return;
  const { node, before, isMoved } = drag;
  drag = null;
  node.classList.remove("is-dragged");
  if (!isMoved) return;
  if (event.type === "pointercancel") show(node, before);
  else save(node, before);
  // The click that ends a drag, which comes at once, must not open the persona.
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
    for (const node of plane.querySelectorAll("[data-persona]")) {
      const waiting = timers.get(node);
      if (!waiting) continue;
      clearTimeout(waiting.timer);
      const [x, y] = place(node);
      const body = new URLSearchParams({ persona: node.dataset.persona, x, y });
      const headers = { Accept: "application/json", "X-CSRFToken": token() };
      fetch(matrix.dataset.placeUrl, { method: "POST", body, headers, keepalive: true });
    }
  });
}
