// Where one is on the map: one place of it is in the tab order, arrows go on from there, and it is found again
// after the page has changed. What is selected is known by lineage, too.

import { byLineage, called, cellAt, cellOf, forget, grid, isAwayCell, ITEMS, itemsIn, kindOf, laneOf, lanes, lineageOf, root, say, scroller, slots } from "./map-grid.js";

const STOPS = `:is(th, td, ${ITEMS})`;
const FAR_LANES = 5;
const STEP_ROW = 1;

let at = null;
let column = 1;
let anchor = null;
let next = "";
let visits = 0;
let isSettling = false;
const selected = new Set();

/** The element that one is at, or null. */
export function active() {
  return at ? found(at) : null;
}

/** What is needed to find an element again. */
function keyOf(element) {
  const cell = cellOf(element);
  const { rows, places } = slots();
  const place = { ...(places.get(cell) ?? { row: 0, column: 0 }) };
  // A lane that has not come has one cell; when it comes, one is in the column that one came from.
  if (isAwayCell(cell)) place.column = column;
  const step = cell?.dataset.step ?? rows[STEP_ROW]?.[place.column]?.dataset.lineage;
  return { lineage: lineageOf(element), lane: laneOf(cell)?.dataset.lineage, step, place };
}

/** Finds what a key stands for; where it is gone, what is nearest to it. */
function found(key) {
  const exact = byLineage(key.lineage) ?? (key.lane && key.step ? cellAt(key.lane, key.step) : null);
  if (exact && !exact.closest("[hidden]")) return exact;
  const { rows } = slots();
  const row = rows[Math.min(key.place.row, rows.length - 1)] ?? [];
  return row[Math.min(key.place.column, row.length - 1)] ?? null;
}

/** Takes note that one is at *element*, and makes it the one stop of the tab order. */
function mark(element) {
  for (const other of grid().querySelectorAll("[tabindex='0']")) if (other !== element) other.tabIndex = -1;
  element.tabIndex = 0;
  at = keyOf(element);
}

/** Goes to an element and shows it. */
export function goTo(element) {
  if (!element) return;
  next = "";
  mark(element);
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
  document.dispatchEvent(new CustomEvent("map-moved", { detail: { element } }));
}

export const goToLineage = (lineage) => goTo(byLineage(lineage));

/** Where an arrow leads from an element: the next cell that is another one. */
export function beside(element, down, across) {
  const cell = cellOf(element);
  const { rows, places } = slots();
  const place = places.get(cell);
  if (!place) return null;
  let row = place.row;
  // Up and down keep to the column that one came from, also across cells that cover several.
  let at_ = down ? Math.min(Math.max(column, place.column), place.column + cell.colSpan - 1) : place.column;
  for (;;) {
    row += down;
    at_ += across;
    const next = rows[row]?.[at_];
    if (!next) return null;
    if (next !== cell) return next;
  }
}

function keepColumn(element) {
  const cell = cellOf(element);
  column = slots().places.get(cell)?.column ?? column;
}

/** Goes one cell on; *extends* takes it into the selection. */
export function step(down, across, { extends: isExtending = false } = {}) {
  const from = active();
  const next = from && beside(from, down, across);
  if (!next) return;
  if (isExtending) {
    anchor ??= keyOf(from);
    goTo(next);
    selectTo(next);
  } else {
    goTo(next);
  }
  if (across) keepColumn(next);
}

/** Goes to the first or last cell of the row, or of the whole map. */
export function edge(isLast, isWhole = false) {
  const { rows, places } = slots();
  const { row } = places.get(cellOf(active())) ?? { row: 0 };
  const line = isWhole ? rows.at(isLast ? -1 : 0) : rows[row];
  column = isLast ? line.length - 1 : 0;
  goTo(line[column]);
}

/** Goes five lanes on. */
export function page(direction) {
  const all = lanes().filter((lane) => !lane.hidden);
  const now = all.indexOf(laneOf(cellOf(active())));
  const lane = all[Math.min(Math.max(now + direction * FAR_LANES, 0), all.length - 1)];
  const { rows } = slots();
  const row = [...grid().rows].filter((line) => !line.hidden).indexOf(lane?.rows[0]);
  goTo(rows[row]?.[Math.min(column, rows[row].length - 1)] ?? null);
}

/** Goes into a cell, to the first of what lies in it; false where there is nothing. */
export function enter() {
  const [first] = itemsIn(active());
  if (first) goTo(first);
  return Boolean(first);
}

/** Leaves what lies in a cell for the cell. */
export function leave() {
  goTo(cellOf(active()));
}

/** Goes to the one before or after among those in the same cell. */
export function among(direction) {
  const all = itemsIn(cellOf(active()));
  goTo(all[all.indexOf(active()) + direction] ?? null);
}

/** Goes to the next value of a curve, or the one before. */
export function alongCurve(direction) {
  const all = itemsIn(laneOf(active()));
  goTo(all[all.indexOf(active()) + direction] ?? null);
}

// What is selected:

/** Lists the lineages that a command is about: what is selected where one is in it, else where one is. */
export function subjects() {
  const lineage = lineageOf(active());
  const isInside = selected.has(lineage) || itemsIn(cellOf(active()) ?? grid()).some((item) => selected.has(item.dataset.lineage));
  return selected.size && isInside ? [...selected].filter(byLineage) : [lineage].filter(Boolean);
}

/** Selects or leaves these, and says how many are selected. */
export function select(lineages, { only = false, toggles = false } = {}) {
  if (only) selected.clear();
  const isAllIn = lineages.every((lineage) => selected.has(lineage));
  for (const lineage of lineages) {
    if (toggles && isAllIn) selected.delete(lineage);
    else selected.add(lineage);
  }
  show();
  say(selected.size ? `${selected.size} selected` : "Nothing selected");
}

/** Selects nothing; false where nothing was. */
export function unselect() {
  const was = selected.size;
  anchor = null;
  selected.clear();
  show();
  return was > 0;
}

/** Selects where one is, or leaves it. */
export function toggle() {
  const element = active();
  const kind = kindOf(element);
  select(kind === "cell" ? itemsIn(element).map((item) => item.dataset.lineage) : [lineageOf(element)], { toggles: true });
}

/** Selects all cards between where one began and *cell*. */
export function selectTo(cell) {
  const { rows, places } = slots();
  anchor ??= at;
  const [from, to] = [places.get(cellOf(found(anchor))), places.get(cellOf(cell))];
  const inside = new Set();
  for (let row = Math.min(from.row, to.row); row <= Math.max(from.row, to.row); row += 1) {
    for (let across = Math.min(from.column, to.column); across <= Math.max(from.column, to.column); across += 1) inside.add(rows[row][across]);
  }
  select([...inside].filter((one) => one?.matches("td")).flatMap(itemsIn).map((item) => item.dataset.lineage), { only: true });
}

const lineagesIn = (part) => (part ? [...part.querySelectorAll("td[data-cell]")].flatMap(itemsIn).map((item) => item.dataset.lineage) : []);

/** Whether nothing of the lane that one is in is left to be selected. */
export const isLaneSelected = () => lineagesIn(laneOf(active())).every((lineage) => selected.has(lineage));

/** Selects all of the lane; all of the map where the lane is selected already. */
export function selectAll() {
  select(lineagesIn(isLaneSelected() ? grid() : laneOf(active())), { only: true });
}

function show() {
  for (const item of grid().querySelectorAll(".is-selected")) item.classList.remove("is-selected");
  for (const cell of grid().querySelectorAll("td[aria-selected=true]")) cell.setAttribute("aria-selected", "false");
  for (const lineage of selected) {
    const item = byLineage(lineage);
    item?.classList.add("is-selected");
    cellOf(item)?.matches("td") && cellOf(item).setAttribute("aria-selected", "true");
  }
}

// After the page has changed:

/** Whether the focus is on the map, or was when what had it went away. */
export const isHere = () => grid().contains(document.activeElement) || document.activeElement === document.body;

/** How often somebody has gone elsewhere: whoever has meanwhile is not fetched back. */
export const visitsSoFar = () => visits;

/** Lets the focus go to something new as soon as it is there, unless one has gone elsewhere meanwhile. */
export function wantNext(lineage) {
  next = lineage;
}

/** Finds again where one was, and what is selected; *to* is the lineage to go to instead. */
export function settle(wasHere, to = "") {
  forget();
  const wanted = byLineage(next) ? next : to;
  if (wanted === next) next = "";
  const there = byLineage(wanted) ?? (at && found(at)) ?? grid()?.querySelector("th, td");
  if (!there) return;
  // Whatever the server says of tab stops: there is one.
  mark(there);
  isSettling = true;
  if (wasHere && document.activeElement !== there) there.focus({ preventScroll: !wanted });
  isSettling = false;
  if (wanted && wasHere) there.scrollIntoView({ block: "nearest", inline: "nearest" });
  for (const lineage of selected) if (!byLineage(lineage)) selected.delete(lineage);
  show();
}

/** Begins to follow the focus; titles on the left and above must not cover it. */
export function watchFocus() {
  grid().setAttribute("aria-multiselectable", "true");
  document.addEventListener("focusin", (event) => {
    const stop = grid()?.contains(event.target) ? event.target.closest(STOPS) : null;
    if (!stop || isSettling) return;
    next = "";
    visits += 1;
    mark(stop);
    document.dispatchEvent(new CustomEvent("map-moved", { detail: { element: stop } }));
  });
  document.addEventListener("pointerdown", (event) => {
    const stop = grid().contains(event.target) && event.target.closest(STOPS);
    if (!stop) return;
    keepColumn(stop);
    if (event.shiftKey && at) { event.preventDefault(); selectTo(stop); }
    else if (event.ctrlKey || event.metaKey) { goTo(stop); toggle(); }
    else anchor = null;
  });
  const pad = () => {
    const corner = grid().tHead.rows[0]?.cells[0];
    const head = grid().tHead.getBoundingClientRect().height;
    scroller().style.setProperty("scroll-padding", `${head + 4}px 4px 4px ${(corner?.offsetWidth ?? 0) + 4}px`);
  };
  new ResizeObserver(pad).observe(grid().tHead);
  settle(false);
  root.dataset.scripted = "";
}

/** How where one is is called. */
export const whereIAm = () => (active() ? called(active()) : "");
