// The map as it stands on the page: its cells by row and column, its elements by lineage, and how they are called.

export const root = document.querySelector("[data-map-editor]");
export const grid = () => document.getElementById("map-grid");
export const scroller = () => grid().closest(".map-scroll");
// A lane that has not come yet, and the one cell that it has.
export const AWAY = "tbody[data-lane-waits]";
const AWAY_CELL = "td.lane-waiting";
export const ITEMS = "[data-kind=card], [data-kind=contact], [data-kind=role], [data-kind=nested], [data-kind=flow]";

let known = null;

/** Forgets the cells: the page has changed. */
export function forget() {
  known = null;
}

/** The table as people see it: *rows* of cells, one that covers several columns or rows in each of them, and *places*,
 * the first row and column of each cell. */
export function slots() {
  if (known?.table === grid()) return known;
  const rows = [];
  const places = new Map();
  [...grid().rows].filter((line) => !line.hidden).forEach((line, row) => {
    rows[row] ??= [];
    let column = 0;
    for (const cell of line.cells) {
      while (rows[row][column]) column += 1;
      places.set(cell, { row, column });
      for (let down = 0; down < cell.rowSpan; down += 1) {
        rows[row + down] ??= [];
        for (let across = 0; across < cell.colSpan; across += 1) rows[row + down][column + across] = cell;
      }
      column += cell.colSpan;
    }
  });
  known = { table: grid(), rows, places };
  return known;
}

export const cellOf = (element) => element?.closest?.("#map-grid :is(td, th)") ?? null;
export const laneOf = (element) => element?.closest?.("tbody[data-lineage]") ?? null;
const escaped = (lineage) => CSS.escape(lineage);

/** The element of a lineage that can have the focus; of a lane its title. */
export function byLineage(lineage) {
  const found = lineage ? grid()?.querySelector(`[data-lineage="${escaped(lineage)}"]`) : null;
  return found?.matches("tbody") ? found.querySelector("th[scope=row]") : found ?? null;
}

/** The first cell of a lane at a step, also one that covers several steps. */
export function cellAt(lane, step) {
  const body = grid().querySelector(`tbody[data-lineage="${escaped(lane)}"]`);
  if (!body) return null;
  const exact = body.querySelector(`td[data-step="${escaped(step)}"]`);
  if (exact) return exact;
  const column = slots().places.get(byLineage(step))?.column;
  const row = body.rows[0] && slots().rows[[...grid().rows].indexOf(body.rows[0])];
  return row?.[column] ?? null;
}

export const isAwayCell = (element) => element?.matches(AWAY_CELL) ?? false;

/** The lanes of a big map that one has before oneself, works in or has selected from: to be drawn first. */
export function lanesNear() {
  const view = scroller().getBoundingClientRect();
  return lanes().filter((lane) => {
    if (lane.matches(AWAY)) return false;
    const box = lane.getBoundingClientRect();
    const isSeen = box.bottom > view.top - view.height && box.top < view.bottom + view.height;
    return isSeen || lane.contains(document.activeElement) || lane.querySelector(".is-selected");
  });
}

/** What an element is: card, point, contact, role, nested, flow, step, stage, lane or cell; "" for one that has not come. */
export function kindOf(element) {
  if (!element) return "";
  if (element.matches(".curve-point")) return "point";
  if (element.matches("td")) return isAwayCell(element) ? "" : "cell";
  if (element.matches("th[scope=row]")) return "lane";
  return element.dataset.kind ?? "";
}

/** The lineage that an element, or the title of a lane, stands for. */
export const lineageOf = (element) => element?.dataset.lineage ?? (kindOf(element) === "lane" ? laneOf(element)?.dataset.lineage : "") ?? "";

export const steps = () => [...grid().querySelectorAll("th[data-kind=step]")];
export const stages = () => [...grid().querySelectorAll("th[data-kind=stage]")];
export const lanes = () => [...grid().querySelectorAll("tbody[data-lineage]")];
export const itemsIn = (cell) => [...cell.querySelectorAll(ITEMS)];
export const stepsOf = (stage) => steps().filter((step) => step.dataset.stage === stage.dataset.lineage);

/** The step that an element lies at: of a cell its first one, of a title itself. */
export function stepOf(element) {
  if (kindOf(element) === "step") return element;
  if (kindOf(element) === "stage") return stepsOf(element).at(-1) ?? null;
  const cell = cellOf(element);
  if (!cell?.matches("td")) return null;
  return steps().find((step) => step.dataset.lineage === cell.dataset.step) ?? null;
}

/** The text of an element, as it was written. */
export function textOf(element) {
  if (element.dataset.text !== undefined) return element.dataset.text;
  return (element.querySelector(".card-text, [data-title], .chip-words") ?? element).textContent.trim();
}

export const isTextLane = (cell) => laneOf(cell)?.dataset.laneKind === "text";
export const laneKind = (element) => laneOf(element)?.dataset.laneKind ?? "";
export const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value)}`;

const short = (text) => (text.length > 60 ? `${text.slice(0, 57)}…` : text) || "Untitled";
const titleOfLane = (element) => textOf(laneOf(element).querySelector("th[scope=row]"));

/** How an element is called, for people who hear the page. */
export function called(element) {
  const kind = kindOf(element);
  const step = stepOf(element);
  const at = step ? `, ${short(textOf(step))}` : "";
  if (kind === "step") return `Step ${steps().indexOf(element) + 1} of ${steps().length}, ${short(textOf(element))}`;
  if (kind === "stage") return `Stage ${stages().indexOf(element) + 1} of ${stages().length}, ${short(textOf(element))}`;
  if (kind === "lane") return `Lane ${lanes().indexOf(laneOf(element)) + 1} of ${lanes().length}, ${short(textOf(element))}`;
  if (kind === "point") return `${titleOfLane(element)} ${signed(Number(element.dataset.value))}${at}`;
  if (kind === "cell") {
    const count = itemsIn(element).length;
    return `${titleOfLane(element)}${at}: ${count === 0 ? "empty" : count === 1 ? short(textOf(itemsIn(element)[0])) : `${count} cards`}`;
  }
  return `${short(textOf(element))}, ${titleOfLane(element)}${at}`;
}

let lastSaid = 0;
let waiting = 0;

/** Says something to people who hear the page; what they did themselves at once, what others did once in five seconds. */
export function say(words, { isOwn = true } = {}) {
  const live = document.getElementById("live");
  if (!live) return;
  clearTimeout(waiting);
  const wait = isOwn ? 0 : Math.max(0, lastSaid + 5_000 - performance.now());
  waiting = setTimeout(() => { live.textContent = words; lastSaid = performance.now(); }, wait);
}
