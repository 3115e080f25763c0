// Dragging on the map: cards, the edge of a card, steps, stages, lanes and values of a curve. A drag ends in the same
// change as its key and its menu entry; dropped where it was, nothing is done.

import { mayEdit } from "./map-changes.js";
import { subjects } from "./map-focus.js";
import { byLineage, cellAt, cellOf, grid, itemsIn, kindOf, laneOf, lineageOf, say, scroller, signed, stepsOf, textOf } from "./map-grid.js";
import { hideMark, showCell, showLine } from "./map-moving.js";
import { putItems, putLine, scaleOf, setSpan, setValue, takes, within } from "./map-places.js";
import { showValue } from "./map-values.js";
import { isWriting } from "./map-writing.js";

const STARTS_AT_PX = 5;
const EDGE_PX = 8;
const LONG_PRESS_MS = 450;
const SCROLL_EDGE_PX = 48;
const SCROLL_STEP_PX = 14;
// Of the ground that a curve is drawn on, the share above the highest and below the lowest value.
const MARGIN = 16 / 96;
const HANDLES = "[data-kind=card], [data-kind=contact], [data-kind=role], [data-kind=nested], th[data-kind=step], th[data-kind=stage], tbody[data-lineage] > tr > th[scope=row]";
let drag = null;

/** What is under the pointer, the ghost left out. */
const under = (event) => document.elementFromPoint(event.clientX, event.clientY);
const half = (element, event) => {
  const box = element.getBoundingClientRect();
  return { isRight: event.clientX > box.left + box.width / 2, isLower: event.clientY > box.top + box.height / 2 };
};

/** For each kind of drag: what is shown while the pointer moves, and what is done in the end. */
export const KINDS = {
  items: {
    over(event) {
      const cell = cellOf(under(event));
      if (!takes(cell, drag.lineages[0])) return null;
      showCell(cell);
      const others = itemsIn(cell).filter((item) => !drag.lineages.includes(item.dataset.lineage));
      const before = others.filter((item) => half(item, event).isLower).at(-1);
      const isLast = before === others.at(-1);
      return { lane: laneOf(cell).dataset.lineage, step: cell.dataset.step, after: isLast ? undefined : before?.dataset.lineage ?? null };
    },
    drop: (target) => putItems(drag.lineages, target),
  },
  edge: {
    over(event) {
      const cell = cellOf(under(event));
      const card = byLineage(drag.lineages[0]);
      const step = cell && laneOf(cell) === laneOf(card) ? nearestStep(event) : null;
      const end = step && cellAt(laneOf(card).dataset.lineage, step);
      showCell(end);
      return step ? { step } : null;
    },
    drop({ step }) {
      const card = byLineage(drag.lineages[0]);
      const ids = [...grid().querySelectorAll("th[data-kind=step]")].map((one) => one.dataset.lineage);
      const from = ids.indexOf(card.dataset.stepFrom);
      setSpan(drag.lineages[0], card.dataset.stepFrom, ids[Math.max(from, ids.indexOf(step))]);
    },
  },
  step: {
    over(event) {
      const head = under(event)?.closest("th[data-kind=step], th[data-kind=stage]");
      if (!head) return null;
      const [lineage] = drag.lineages;
      if (kindOf(head) === "stage") return { parent: head.dataset.lineage, after: stepsOf(head).filter((one) => one.dataset.lineage !== lineage).at(-1)?.dataset.lineage ?? null };
      const siblings = stepsOf({ dataset: { lineage: head.dataset.stage } }).map((one) => one.dataset.lineage).filter((one) => one !== lineage);
      const place = siblings.indexOf(head.dataset.lineage);
      if (place < 0) return null;
      return { parent: head.dataset.stage, after: half(head, event).isRight ? siblings[place] : siblings[place - 1] ?? null };
    },
    drop: (place) => putLine("step", drag.lineages[0], place),
  },
  stage: {
    over: (event) => neighbour(under(event)?.closest("th[data-kind=stage]"), [...grid().querySelectorAll("th[data-kind=stage]")], (one) => half(one, event).isRight),
    drop: (place) => putLine("stage", drag.lineages[0], place),
  },
  lane: {
    over: (event) => neighbour(laneOf(under(event)), [...grid().querySelectorAll("tbody[data-lineage]")], (one) => half(one, event).isLower),
    drop: (place) => putLine("lane", drag.lineages[0], place),
  },
  point: {
    over(event) {
      const point = byLineage(drag.lineages[0]);
      const box = cellOf(point).querySelector(".curve").getBoundingClientRect();
      const { min, max } = scaleOf(point);
      const share = (1 - MARGIN - (event.clientY - box.top) / box.height) / (1 - 2 * MARGIN);
      const value = within(point, min + share * (max - min));
      drag.ghost.textContent = signed(value);
      showValue(point, value);
      return { value };
    },
    drop: ({ value }) => setValue(drag.lineages[0], value),
  },
};

/** The place before or after *over* among its kin, the dragged one left out. */
function neighbour(over, all, isBehind) {
  const [lineage] = drag.lineages;
  const ids = all.map((one) => one.dataset.lineage).filter((one) => one !== lineage);
  const place = ids.indexOf(over?.dataset.lineage);
  if (place < 0) return null;
  return { parent: document.querySelector("[data-map-editor]").dataset.map, after: isBehind(over) ? ids[place] : ids[place - 1] ?? null };
}

/** The step whose column the pointer is in, also over cells that cover several. */
function nearestStep(event) {
  const heads = [...grid().querySelectorAll("th[data-kind=step]")];
  return heads.find((head) => {
    const box = head.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right;
  })?.dataset.lineage ?? null;
}

/** What a press on *element* would drag. */
function kindAt(element, event) {
  const kind = kindOf(element);
  if (kind === "card" && element.getBoundingClientRect().right - event.clientX < EDGE_PX) return "edge";
  return ["step", "stage", "lane", "point"].includes(kind) ? kind : "items";
}

function down(event) {
  const element = grid().contains(event.target) ? event.target.closest(HANDLES) : null;
  if (!element || !mayEdit() || event.button !== 0 || drag || isWriting() || event.shiftKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("a, input, select, textarea") || laneOf(element)?.dataset.locked !== undefined) return;
  const lineage = lineageOf(element);
  const chosen = subjects();
  const lineages = chosen.includes(lineage) && kindOf(element) === "card" ? chosen : [lineage];
  drag = { kind: kindAt(element, event), lineages, pointer: event.pointerId, x: event.clientX, y: event.clientY, isOn: false, target: null };
  if (event.pointerType === "touch") drag.timer = setTimeout(() => begin(), LONG_PRESS_MS);
}

/** A copy of a card for the eye alone: nothing finds it as the card. */
function bareCopy(element) {
  const copy = element.cloneNode(true);
  for (const part of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of ["id", "data-lineage", "data-kind", "tabindex"]) part.removeAttribute(name);
  }
  return copy;
}

function begin() {
  drag.isOn = true;
  const element = byLineage(drag.lineages[0]);
  for (const lineage of drag.lineages) byLineage(lineage)?.classList.add("is-held");
  if (drag.kind === "point") element.dataset.saved ??= element.dataset.value;
  const box = element.getBoundingClientRect();
  const wrap = document.createElement("div");
  wrap.className = "map-ghost";
  wrap.setAttribute("aria-hidden", "true");
  if (element.matches("article")) wrap.append(bareCopy(element));
  else wrap.textContent = textOf(element);
  if (drag.lineages.length > 1) wrap.dataset.count = drag.lineages.length;
  wrap.style.setProperty("inline-size", `${Math.min(box.width, 260)}px`);
  document.querySelector("main").append(wrap);
  drag.ghost = wrap;
  drag.frame = requestAnimationFrame(scrollOn);
  navigator.vibrate?.(10);
}

function move(event) {
  if (drag?.pointer !== event.pointerId) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y);
  if (!drag.isOn) {
    if (event.pointerType === "touch") { if (far > STARTS_AT_PX) release(); return; }
    if (far < STARTS_AT_PX) return;
    begin();
  }
  event.preventDefault();
  drag.last = event;
  drag.ghost.style.setProperty("transform", `translate(${event.clientX + 10}px, ${event.clientY + 10}px)`);
  hideMark();
  drag.target = KINDS[drag.kind].over(event);
  if (drag.target && ["step", "stage", "lane"].includes(drag.kind)) showLine(drag.kind, drag.target);
}

/** Scrolls on while the pointer is held near an edge. */
function scrollOn() {
  if (!drag) return;
  if (drag.last) {
    const view = scroller().getBoundingClientRect();
    const { clientX: x, clientY: y } = drag.last;
    const across = x > view.right - SCROLL_EDGE_PX ? 1 : x < view.left + SCROLL_EDGE_PX ? -1 : 0;
    const along = y > view.bottom - SCROLL_EDGE_PX ? 1 : y < view.top + SCROLL_EDGE_PX ? -1 : 0;
    if (across || along) scroller().scrollBy(across * SCROLL_STEP_PX, along * SCROLL_STEP_PX);
  }
  drag.frame = requestAnimationFrame(scrollOn);
}

/** Takes all that a drag showed off the page; a value that is not kept goes back to where it was. */
function release({ isKept = false } = {}) {
  const point = drag.kind === "point" && !isKept ? byLineage(drag.lineages[0]) : null;
  if (point?.dataset.saved !== undefined) showValue(point, Number(point.dataset.saved));
  clearTimeout(drag.timer);
  cancelAnimationFrame(drag.frame);
  drag.ghost?.remove();
  for (const element of grid().querySelectorAll(".is-held")) element.classList.remove("is-held");
  hideMark();
  drag = null;
}

function up(event) {
  if (drag?.pointer !== event.pointerId) return;
  const { isOn, target, kind } = drag;
  if (isOn && target) KINDS[kind].drop(target);
  release({ isKept: isOn && target });
  if (!isOn) return;
  // The click that ends a drag opens nothing.
  const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
}

/** Lets go of what is dragged; gives whether something was. */
export function letGo() {
  if (!drag?.isOn) return false;
  release();
  say("Left where it was");
  return true;
}

/** Begins to watch the pointer. */
export function watchPointer() {
  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", up);
  document.addEventListener("pointercancel", (event) => { if (drag?.pointer === event.pointerId) release(); });
  document.addEventListener("dragstart", (event) => { if (grid().contains(event.target)) event.preventDefault(); });
  document.addEventListener("touchmove", (event) => { if (drag?.isOn) event.preventDefault(); }, { passive: false });
  document.addEventListener("contextmenu", (event) => { if (drag) event.preventDefault(); });
}
