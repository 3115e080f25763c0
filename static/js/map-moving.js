// Move mode: what is moved stays where it is until Enter; the place where it would go is shown and said.

import { active, goTo, subjects } from "./map-focus.js";
import { byLineage, called, cellOf, kindOf, laneOf, say, signed, stepsOf } from "./map-grid.js";
import { cellFrom, placeOf, placesFor, putItems, putLine, scaleOf, setValue, within, wordsFor } from "./map-places.js";

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const GAP_PX = 2;
let mark = null;
let moving = null;

/** The cell where what is moved would go; null while nothing is. */
export const cellMovedTo = () => moving?.cell ?? null;

/** Shows a line between columns or lanes, where something would go. */
export function showLine(kind, place) {
  hideMark();
  const after = place.after && byLineage(place.after);
  const next = !after && (kind === "step" ? stepsOf({ dataset: { lineage: place.parent } })[0] : document.querySelector(kind === "stage" ? "th[data-kind=stage]" : "tbody[data-lineage] th[scope=row]"));
  const element = after || next;
  if (!element) return;
  mark ??= document.createElement("div");
  mark.className = `map-mark is-${kind === "lane" ? "across" : "upright"}`;
  const box = element.getBoundingClientRect();
  const view = element.closest(".map-scroll").getBoundingClientRect();
  const looks = kind === "lane"
    ? { left: view.left, top: (after ? laneOf(after).getBoundingClientRect().bottom : box.top) - GAP_PX, "inline-size": view.width }
    : { left: (after ? box.right : box.left) - GAP_PX, top: box.top, "block-size": view.bottom - box.top };
  mark.removeAttribute("style");
  for (const [name, value] of Object.entries(looks)) mark.style.setProperty(name, `${value}px`);
  document.querySelector("main").append(mark);
}

/** Shows the cell where something would go. */
export function showCell(cell) {
  hideMark();
  cell?.classList.add("is-target");
}

export function hideMark() {
  mark?.remove();
  for (const cell of document.querySelectorAll("#map-grid .is-target")) cell.classList.remove("is-target");
}

/** Begins to move what is selected, or where one is. */
export function startMoving() {
  const element = active();
  const kind = kindOf(element);
  const lineages = subjects();
  if (!lineages.length) return;
  const isLine = ["step", "stage", "lane"].includes(kind);
  moving = { kind, lineages, isLine, value: Number(element.dataset.value), cell: cellOf(element) };
  if (isLine) {
    moving.places = placesFor(kind, lineages[0]);
    const now = placeOf(kind, lineages[0]);
    moving.at = moving.places.findIndex((place) => place.parent === now.parent && place.after === now.after);
  }
  for (const lineage of lineages) byLineage(lineage)?.classList.add("is-held");
  say(`Moving ${called(element)}. Arrow keys choose where, Enter puts it there, Escape leaves it.`);
}

function stop() {
  for (const element of document.querySelectorAll("#map-grid .is-held")) element.classList.remove("is-held");
  hideMark();
  const [lineage] = moving.lineages;
  moving = null;
  goTo(byLineage(lineage));
}

function drop() {
  const { kind, lineages, isLine, places, at, cell, value } = moving;
  stop();
  if (isLine) putLine(kind, lineages[0], places[at]);
  else if (kind === "point" && cell === cellOf(byLineage(lineages[0]))) setValue(lineages[0], value);
  else putItems(lineages, { lane: laneOf(cell).dataset.lineage, step: cell.dataset.step });
}

function turn([down, across]) {
  const { kind, lineages, isLine } = moving;
  if (isLine) {
    const by = kind === "lane" ? down : across;
    moving.at = Math.min(Math.max(moving.at + by, 0), moving.places.length - 1);
    const place = moving.places[moving.at];
    showLine(kind, place);
    byLineage(place.after)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(wordsFor(kind, place));
  } else if (kind === "point" && down) {
    const point = byLineage(lineages[0]);
    moving.value = within(point, moving.value - down * scaleOf(point).step);
    say(signed(moving.value));
  } else {
    const next = cellFrom(moving.cell, lineages[0], down, across);
    if (!next) return say("It cannot go further");
    moving.cell = next;
    showCell(next);
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(called(next));
  }
  return undefined;
}

/** Takes the keys of move mode; gives whether a key was one. */
export function keyWhileMoving(event) {
  if (!moving) return false;
  if (event.key in ARROWS) turn(ARROWS[event.key]);
  else if (event.key === "Enter") drop();
  else if (event.key === "Escape") { stop(); say("Left where it was"); }
  else return false;
  return true;
}
