// Where elements of the map can go, and the operations that bring them there: one way for keys, menus and drags.

import { askForStage, change, deletes, moves, sets } from "./map-changes.js";
import { byLineage, cellAt, cellOf, grid, itemsIn, kindOf, laneKind, laneOf, lanes, root, say, signed, stages, steps, stepsOf, textOf } from "./map-grid.js";

const places = {
  step: () => stages().flatMap((stage) => [null, ...stepsOf(stage)].map((after) => ({ parent: stage.dataset.lineage, after: after?.dataset.lineage ?? null }))),
  stage: () => [null, ...stages()].map((after) => ({ parent: mapId(), after: after?.dataset.lineage ?? null })),
  lane: () => [null, ...lanes()].map((after) => ({ parent: mapId(), after: after?.dataset.lineage ?? null })),
};
const mapId = () => root.dataset.map;
const stepIds = () => steps().map((step) => step.dataset.lineage);
const same = (one, other) => one.parent === other.parent && one.after === other.after;

/** Lists the places where a step, stage or lane can go, from the first to the last; its own counts once. */
export function placesFor(kind, lineage) {
  return places[kind]().filter((place) => place.after !== lineage);
}

/** The place where a step, stage or lane is. */
export function placeOf(kind, lineage) {
  const element = byLineage(lineage);
  const all = kind === "step" ? stepsOf({ dataset: { lineage: element.dataset.stage } })
    : kind === "stage" ? stages() : lanes();
  const ids = all.map((one) => one.dataset.lineage);
  return { parent: kind === "step" ? element.dataset.stage : mapId(), after: ids[ids.indexOf(lineage) - 1] ?? null };
}

/** The operations that bring a card to a cell: *after* is the card there that it follows, undefined the end. Without a
 * step it stays at its own. */
function cardOps(lineage, { lane, step: wanted, after }) {
  const card = byLineage(lineage);
  const step = wanted ?? card.dataset.stepFrom;
  const ids = stepIds();
  const [from, to] = [ids.indexOf(card.dataset.stepFrom), ids.indexOf(card.dataset.stepTo)];
  const first = ids.indexOf(step);
  const last = Math.min(first + to - from, ids.length - 1);
  const ops = [];
  if (first !== from) ops.push(sets(lineage, "step_from", ids[first]));
  if (last !== to) ops.push(sets(lineage, "step_to", ids[last]));
  const others = itemsIn(cellAt(lane, step) ?? grid()).map((item) => item.dataset.lineage).filter((one) => one !== lineage);
  const isNewLane = laneOf(card).dataset.lineage !== lane;
  const follows = after === undefined ? others.at(-1) : after;
  const siblings = itemsIn(cellOf(card)).map((item) => item.dataset.lineage);
  const isWhereItWas = !isNewLane && first === from && siblings[siblings.indexOf(lineage) - 1] === (follows ?? undefined);
  if (isNewLane || (!isWhereItWas && others.length)) ops.push(moves(lineage, lane, follows));
  return ops;
}

/** Whether a card of one lane can lie in a cell: of a lane of the same kind. */
export function takes(cell, lineage) {
  const element = byLineage(lineage);
  if (!cell?.matches("td[data-cell]") || !element) return false;
  if (kindOf(element) === "point") return laneOf(cell) === laneOf(element);
  if (kindOf(element) === "flow") return false;
  return laneKind(cell) === laneKind(element);
}

function itemOps(lineage, target) {
  const element = byLineage(lineage);
  // A way goes where its steps go.
  if (kindOf(element) === "flow") return [];
  if (kindOf(element) === "card") return cardOps(lineage, target);
  if (kindOf(element) === "point") {
    return element.dataset.stepFrom === target.step ? []
      : [sets(lineage, "step_from", target.step), sets(lineage, "step_to", target.step)];
  }
  return cellOf(element).dataset.step === target.step ? [] : [moves(lineage, target.step)];
}

/** Brings cards, values, touchpoints or parts to a cell `{lane, step, after}`. */
export function putItems(lineages, target) {
  let { after } = target;
  const ops = lineages.flatMap((lineage) => {
    const found = itemOps(lineage, { ...target, after });
    if (after !== undefined) after = lineage;
    return found;
  });
  const there = byLineage(target.step) ?? byLineage(target.lane);
  return change(ops, { to: lineages.at(-1), words: `Moved to ${textOf(there)}` });
}

/** Brings a step, stage or lane to a place; where a stage would be left empty, asks first. */
export function putLine(kind, lineage, place) {
  if (same(place, placeOf(kind, lineage)) || place.after === lineage) return Promise.resolve();
  const ops = [moves(lineage, place.parent, place.after)];
  const send = (more = []) => change([...ops, ...more], { to: lineage, words: `Moved: ${wordsFor(kind, place)}` });
  const element = byLineage(lineage);
  const left = kind === "step" && place.parent !== element.dataset.stage && stepsOf({ dataset: { lineage: element.dataset.stage } });
  if (left && left.length === 1) {
    askForStage("Without this step its stage holds none.", () => send([deletes(element.dataset.stage)]));
    return Promise.resolve();
  }
  return send();
}

/** How a place is called. */
export function wordsFor(kind, place) {
  const inside = kind === "step" ? `, in stage ${textOf(byLineage(place.parent))}` : "";
  return place.after ? `after ${textOf(byLineage(place.after))}${inside}` : `at the beginning${inside}`;
}

/** Goes to the place before or after; false where there is none. */
export function shiftLine(kind, lineage, by) {
  const all = placesFor(kind, lineage);
  const now = all.findIndex((place) => same(place, placeOf(kind, lineage)));
  const next = all[now + by];
  if (next) putLine(kind, lineage, next);
  return Boolean(next);
}

/** The cell that is *across* steps on, or *down* lanes that take such a thing. */
export function cellFrom(cell, lineage, down, across) {
  const ids = stepIds();
  if (across) {
    const next = ids[ids.indexOf(cell.dataset.step) + across];
    return next ? cellAt(laneOf(cell).dataset.lineage, next) : null;
  }
  const all = lanes();
  for (let place = all.indexOf(laneOf(cell)) + down; all[place]; place += down) {
    const other = cellAt(all[place].dataset.lineage, cell.dataset.step);
    if (takes(other, lineage)) return other;
  }
  return null;
}

/** Moves an item one place on: among those of its cell, else to the next cell. */
export function shiftItem(lineages, down, across) {
  const [lineage] = lineages;
  const cell = cellOf(byLineage(lineage));
  const target = { lane: laneOf(cell).dataset.lineage, step: byLineage(lineage).dataset.stepFrom ?? cell.dataset.step };
  if (down && lineages.length === 1) {
    const ids = itemsIn(cell).map((item) => item.dataset.lineage);
    const place = ids.indexOf(lineage);
    if (down > 0 && place < ids.length - 1) return putItems(lineages, { ...target, after: ids[place + 1] });
    // Behind the one before the one above; the first of a cell goes before all of its lane.
    if (down < 0 && place > 0) return putItems(lineages, { ...target, after: ids[place - 2] ?? null });
  }
  const next = cellFrom(cell, lineage, down, across);
  if (!next) return say("It cannot go further");
  return putItems(lineages, { lane: laneOf(next).dataset.lineage, step: across ? stepIds()[stepIds().indexOf(target.step) + across] : target.step });
}

/** Lets a card reach from one step to another. */
export function setSpan(lineage, from, to) {
  const card = byLineage(lineage);
  const ops = [["step_from", from, card.dataset.stepFrom], ["step_to", to, card.dataset.stepTo]]
    .filter(([, wish, now]) => wish !== now).map(([field, wish]) => sets(lineage, field, wish));
  const count = stepIds().indexOf(to) - stepIds().indexOf(from) + 1;
  return change(ops, { to: lineage, words: `Over ${count} ${count === 1 ? "step" : "steps"}` });
}

/** Widens a card by a step on its right, or makes it narrower. */
export function widen(lineage, by) {
  const card = byLineage(lineage);
  const ids = stepIds();
  const to = ids[ids.indexOf(card.dataset.stepTo) + by];
  if (!to || ids.indexOf(to) < ids.indexOf(card.dataset.stepFrom)) return say("It cannot reach further");
  return setSpan(lineage, card.dataset.stepFrom, to);
}

/** The lowest and highest value of a lane, and how far apart two are. */
export function scaleOf(element) {
  const { min = -2, max = 2, step = 0.1 } = laneOf(element).dataset;
  return { min: Number(min), max: Number(max), step: Number(step) };
}

/** The value nearest to *wish* that there can be in the lane of a point. */
export function within(element, wish) {
  const { min, max, step } = scaleOf(element);
  const steps_ = Math.round((Math.min(Math.max(wish, min), max) - min) / step);
  return Number((min + steps_ * step).toFixed(2));
}

/** Sets the value of a point of the curve. */
export function setValue(lineage, value) {
  const point = byLineage(lineage);
  if (Number(point.dataset.saved ?? point.dataset.value) === value) return Promise.resolve();
  point.dataset.saved = value;
  return change([sets(lineage, "value", value)], { about: `${lineage} value`, to: lineage, words: signed(value) });
}
