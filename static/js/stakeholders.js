// A stakeholder map: choosing in place, and moving by arrow keys and by pointer. The server says where a
// step or a drop leads, so that rings, sectors and numbers are decided in one place.

const STEP = 0.01;
const FAR_STEP = 0.05;
const PAUSE_MS = 400;
const STILL = 4;
const AGAIN_MS = [1_000, 2_000, 4_000];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
const map = () => document.getElementById("document");
const nodeOf = (target) => target.closest?.("a.stakeholder-node");
const mayMove = () => Boolean(map()?.dataset.moveUrl);

function tell(words, isBad = false) {
  for (const status of document.querySelectorAll("[data-save-status]")) {
    status.textContent = words;
    status.classList.toggle("is-bad", isBad);
  }
}

/** Shows the page at *url* in place, without losing what has the focus. */
async function show(url) {
  await window.htmx.ajax("GET", url, { target: "#document", select: "#document", swap: "outerMorph" });
}

async function choose(link) {
  const url = new URL(link.getAttribute("href"), location.href);
  const nodeId = nodeOf(link)?.id;
  history.pushState({}, "", url.pathname + url.search);
  await show(url.pathname + url.search);
  const details = document.getElementById("details");
  // From the drawing one may go on with the arrows; from a list one wants the fields.
  if (nodeId) document.getElementById(nodeId)?.focus();
  else details?.focus();
  const heading = details?.querySelector("h2")?.textContent;
  const live = document.getElementById("live");
  if (live && heading) live.textContent = `Details: ${heading}`;
}

const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

/** Sends a move until there is an answer, a few times; its id makes it safe to send it again. */
async function post(fields) {
  const body = new URLSearchParams({ ...fields, id: crypto.randomUUID() });
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  for (const pause of [...AGAIN_MS, 0]) {
    const answer = await fetch(map().dataset.moveUrl, { method: "POST", headers, body, redirect: "error" }).catch(() => null);
    if (answer && answer.status !== 429 && answer.status < 500) return answer;
    if (!pause) return null;
    tell("Offline: the move is kept, trying again …", true);
    await wait(pause);
  }
  return null;
}

/** Says why somebody was not moved: what the server says, or that they are gone, or that it is away. */
async function refusal(answer) {
  if (answer?.status === 404) return "Not moved: somebody took them off the map";
  const told = answer && await answer.json().catch(() => null);
  return told?.message ? `Not moved: ${told.message}` : "Not saved: move it again in a moment";
}

/** Sends where somebody goes, and brings the page up to date. */
async function move(id, fields) {
  tell("Saving …");
  const answer = await post({ placement: id, ...fields });
  tell(answer?.ok ? "Saved" : await refusal(answer), !answer?.ok);
  const hadFocus = document.activeElement?.dataset?.placement === id;
  // Where the server is away, showing the page would fail, too: they go back to where they stood.
  if (answer) await show(location.pathname + location.search);
  const node = document.getElementById(`node-${id}`);
  if (held?.id !== id) node?.removeAttribute("transform");
  if (hadFocus) node?.focus();
  const live = document.getElementById("live");
  if (live && node) live.textContent = node.querySelector("title").textContent;
}

/** Arrow keys: what is pressed in a row is one step, so that undo takes it back as one. */
const pressed = { id: "", across: 0, down: 0, timer: 0 };

function send() {
  clearTimeout(pressed.timer);
  const { id, across, down } = pressed;
  Object.assign(pressed, { id: "", across: 0, down: 0 });
  if (id && (across || down)) move(id, { step: `${across.toFixed(3)} ${down.toFixed(3)}` });
}

function press(event) {
  const node = nodeOf(event.target);
  const arrow = ARROWS[event.key];
  if (!node || !arrow || !mayMove() || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (pressed.id !== node.dataset.placement) send();
  const length = event.shiftKey ? FAR_STEP : STEP;
  const within = (value) => Math.min(Math.max(value, -1), 1);
  pressed.id = node.dataset.placement;
  pressed.across = within(pressed.across + arrow[0] * length);
  pressed.down = within(pressed.down + arrow[1] * length);
  node.setAttribute("transform", `translate(${pressed.across * 1000} ${pressed.down * 1000})`);
  clearTimeout(pressed.timer);
  pressed.timer = setTimeout(send, PAUSE_MS);
}

/** The pointer: *held* is whom it has hold of. Others may change the page meanwhile, so that the node
 * is found by its id each time; it is gone when they were taken off the map. */
let held = null;
const heldNode = () => document.getElementById(`node-${held.id}`);

function point(svg, event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}

function grab(event) {
  const node = nodeOf(event.target);
  if (!node || !mayMove() || event.button !== 0 || held) return;
  const from = point(node.ownerSVGElement, event);
  const start = { x: Number(node.dataset.x), y: Number(node.dataset.y) };
  held = { id: node.dataset.placement, pointer: event.pointerId, from, start, x: event.clientX, y: event.clientY, hasMoved: false };
}

function drag(event) {
  if (held?.pointer !== event.pointerId) return;
  const node = heldNode();
  if (!node) { held = null; return tell("Not moved: somebody took them off the map", true); }
  held.hasMoved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > STILL;
  if (!held.hasMoved) return;
  event.preventDefault();
  // Held on to outside of the drawing and of the window, too.
  if (!node.hasPointerCapture(event.pointerId)) node.setPointerCapture(event.pointerId);
  const at = point(node.ownerSVGElement, event);
  const [x, y] = [held.start.x + at.x - held.from.x, held.start.y + at.y - held.from.y];
  node.classList.add("is-held");
  node.setAttribute("transform", `translate(${x - Number(node.dataset.x)} ${y - Number(node.dataset.y)})`);
}

function drop(event) {
  if (held?.pointer !== event.pointerId) return;
  const { id, from, start, hasMoved } = held;
  const node = heldNode();
  held = null;
  node?.classList.remove("is-held");
  if (!hasMoved || !node) return;
  // The click that follows a drag chooses nobody.
  const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  const at = point(node.ownerSVGElement, event);
  move(id, { to_x: (start.x + at.x - from.x).toFixed(1), to_y: (start.y + at.y - from.y).toFixed(1) });
}

function letGo() {
  if (!held) return;
  heldNode()?.removeAttribute("transform");
  heldNode()?.classList.remove("is-held");
  held = null;
}

document.documentElement.classList.add("is-scripted");
document.addEventListener("keydown", press);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") letGo(); });
document.addEventListener("focusout", (event) => { if (nodeOf(event.target)?.dataset.placement === pressed.id) send(); });
document.addEventListener("pointerdown", grab);
document.addEventListener("pointermove", drag);
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", (event) => { if (held?.pointer === event.pointerId) letGo(); });
document.addEventListener("dragstart", (event) => { if (nodeOf(event.target)) event.preventDefault(); });
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-choose], a.stakeholder-node");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  choose(link);
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-select-all]")) return;
  const boxes = [...document.querySelectorAll("input[name=placement][form=several]")];
  const isAll = boxes.every((box) => box.checked);
  boxes.forEach((box) => { box.checked = !isAll; });
});
addEventListener("popstate", () => show(location.pathname + location.search));
// Where a drawing is wider than the screen one begins in its middle.
for (const drawing of document.querySelectorAll(".map-drawing")) {
  drawing.scrollLeft = (drawing.scrollWidth - drawing.clientWidth) / 2;
}
