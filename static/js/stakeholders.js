// A stakeholder map: choosing in place, and moving by arrow keys and by pointer. The server says where a
// step or a drop leads, so that rings, sectors and numbers are decided in one place.

const STEP = 0.01;
const FAR_STEP = 0.05;
const PAUSE_MS = 400;
const STILL = 4;
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

/** Sends where somebody goes, and brings the page up to date. */
async function move(id, fields) {
  tell("Saving …");
  const body = new URLSearchParams({ placement: id, ...fields });
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const answer = await fetch(map().dataset.moveUrl, { method: "POST", headers, body, redirect: "error" }).catch(() => null);
  tell(answer?.ok ? "Saved" : "Not saved: move it again in a moment", !answer?.ok);
  const hadFocus = document.activeElement?.dataset?.placement === id;
  await show(location.pathname + location.search);
  const node = document.getElementById(`node-${id}`);
  node?.removeAttribute("transform");
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

/** The pointer: *held* is what it has hold of. */
let held = null;

function point(svg, event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}

function grab(event) {
  const node = nodeOf(event.target);
  if (!node || !mayMove() || event.button !== 0) return;
  const svg = node.ownerSVGElement;
  held = { node, svg, from: point(svg, event), x: event.clientX, y: event.clientY, hasMoved: false };
}

function drag(event) {
  if (!held) return;
  held.hasMoved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > STILL;
  if (!held.hasMoved) return;
  event.preventDefault();
  const at = point(held.svg, event);
  held.node.classList.add("is-held");
  held.node.setAttribute("transform", `translate(${at.x - held.from.x} ${at.y - held.from.y})`);
}

function drop(event) {
  if (!held) return;
  const { node, svg, from, hasMoved } = held;
  held = null;
  node.classList.remove("is-held");
  if (!hasMoved) return;
  // The click that follows a drag chooses nobody.
  const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  const at = point(svg, event);
  const to = { to_x: (Number(node.dataset.x) + at.x - from.x).toFixed(1), to_y: (Number(node.dataset.y) + at.y - from.y).toFixed(1) };
  move(node.dataset.placement, to);
}

function letGo() {
  held?.node.removeAttribute("transform");
  held?.node.classList.remove("is-held");
  held = null;
}

document.documentElement.classList.add("is-scripted");
document.addEventListener("keydown", press);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") letGo(); });
document.addEventListener("focusout", (event) => { if (nodeOf(event.target)?.dataset.placement === pressed.id) send(); });
document.addEventListener("pointerdown", grab);
document.addEventListener("pointermove", drag);
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", letGo);
document.addEventListener("dragstart", (event) => { if (nodeOf(event.target)) event.preventDefault(); });
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-choose], a.stakeholder-node");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  choose(link);
});
addEventListener("popstate", () => show(location.pathname + location.search));
