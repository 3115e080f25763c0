// Making and naming what is on the map: cards, steps, stages and lanes, by writing where they stand.

import { askForStage, change, creates, deletes, head, mayEdit, mayTake, newId, sets } from "./map-changes.js";
import { active, beside, goTo, subjects, wantNext } from "./map-focus.js";
import { byLineage, cellAt, cellOf, isTextLane, itemsIn, kindOf, laneKind, laneOf, lineageOf, root, signed, stepOf, steps, stepsOf, textOf } from "./map-grid.js";
import { scaleOf, within } from "./map-places.js";
import { write } from "./map-writing.js";

const FIELDS = { card: ["text", 20_000], point: ["text", 2_000], step: ["title", 200], stage: ["title", 120], lane: ["title", 120] };
const FIRST_TITLE = "New step";
const mapId = () => root.dataset.map;

/** Goes on from *element* when writing ended. */
function goOn(how, element) {
  if (how === "next" || how === "previous") goTo(beside(element(), 0, how === "next" ? 1 : -1) ?? element());
  else if (how !== "away") goTo(element());
}

/** Writes what an element says. */
export function edit(element = active()) {
  if (!mayEdit()) return;
  const kind = kindOf(element);
  const [field, most] = FIELDS[kind] ?? [];
  if (!field) return;
  const lineage = lineageOf(element);
  const batch = newId();
  const base_rev = head();
  const value = textOf(element);
  const found = () => byLineage(lineage);
  write({
    place: () => ({ over: found() }),
    value,
    most,
    isLine: kind !== "card",
    mayBeEmpty: kind === "card" || kind === "point" || kind === "lane",
    label: { card: "Text of the card", point: "Note", step: "Title of the step", stage: "Title of the stage", lane: "Title of the lane" }[kind],
    save: (text) => {
      showText(found(), text);
      change([{ ...sets(lineage, field, text), base_rev }], { about: `${lineage} ${field}`, batch });
    },
    takeBack: () => change([sets(lineage, field, value)], { about: `${lineage} ${field}`, batch }),
    end: (how) => {
      if (how === "enter" && kind === "step") addStep(found());
      else goOn(how, found);
    },
  });
}

/** Shows a text before the server has said so. */
function showText(element, text) {
  const part = element?.querySelector(".card-text, [data-title]");
  if (part) part.textContent = text;
}

/** Writes a new card in a cell. */
export function addCard(cell = cellOf(active())) {
  if (!mayEdit() || !isTextLane(cell)) return;
  const [lane, step] = [laneOf(cell).dataset.lineage, cell.dataset.step];
  const lineage = newId();
  const batch = newId();
  const found = () => byLineage(lineage) ?? cellAt(lane, step);
  const last = itemsIn(cell).at(-1);
  writeNew({
    lineage,
    batch,
    place: () => {
      const made = byLineage(lineage);
      return made || !last?.isConnected ? { over: made ?? cellAt(lane, step) } : { below: last };
    },
    pending: (_, text) => showPending(cellAt(lane, step), lineage, text),
    label: "Text of the new card",
    field: "text",
    most: 20_000,
    make: (text) => [creates("card", { step_from: step, step_to: step, text }, { parent: lane, lineage })],
    end: (how, isMade) => {
      goOn(how, found);
      if (isMade && how === "stay") wantNext(lineage);
    },
  });
}

/** Shows a card before the server has said so; the answer draws the cell anew. */
function showPending(cell, lineage, text) {
  if (!cell || byLineage(lineage)) return;
  const card = document.createElement("article");
  card.className = "map-card is-pending";
  card.textContent = text;
  cell.append(card);
}

/** Writes something that is not there yet: it is made with the first text that is kept, and not at all without one. */
function writeNew({ lineage, batch, field, make, end, pending = () => {}, ...looks }) {
  let isMade = false;
  write({
    ...looks,
    save: (text) => {
      const about = `${lineage} ${field}`;
      if (isMade) change([sets(lineage, field, text)], { about, batch });
      else change(make(text), { about, batch, makes: true });
      isMade = true;
    },
    takeBack: () => change([deletes(lineage)], { batch }),
    end: (how, text) => {
      if (isMade && how !== "cancel") pending(lineage, text);
      end(how, isMade && how !== "cancel");
    },
  });
}

/** Writes the title of a new step behind *step*, or before it; Enter goes on to one more. */
export function addStep(step = stepOf(active()) ?? steps().at(-1), { isBefore = false } = {}) {
  if (!mayEdit() || !step) return;
  const siblings = stepsOf({ dataset: { lineage: step.dataset.stage } });
  const before = siblings[siblings.indexOf(step) - 1]?.dataset.lineage ?? null;
  writeStep({ parent: step.dataset.stage, after: isBefore ? before : step.dataset.lineage, neighbours: [step.dataset.lineage], isBefore });
}

/** Writes a new step; *neighbours* are those that the field stands beside, the first one that is there. One goes on to
 * the next before the server has answered, so that nothing typed is lost. */
function writeStep({ parent, after, neighbours, isBefore = false }) {
  const lineage = newId();
  writeNew({
    lineage,
    batch: newId(),
    place: () => placeOfNew(lineage, neighbours, isBefore),
    isLine: true,
    most: 200,
    label: "Title of the new step",
    hint: "New step",
    field: "title",
    make: (title) => [creates("step", { title }, { parent, after, lineage })],
    end: (how, isMade) => {
      const there = isMade ? [lineage, ...neighbours] : neighbours;
      if (how === "enter" && isMade) writeStep({ parent, after: lineage, neighbours: there });
      else if (how !== "away") goToFirst(there);
    },
  });
}

const firstOf = (lineages) => lineages.map(byLineage).find(Boolean);

/** Goes to the first of these that is there, and to the very first as soon as it is. */
function goToFirst(lineages) {
  goTo(firstOf(lineages));
  if (!byLineage(lineages[0])) wantNext(lineages[0]);
}

/** Where the title of something new is written: beside its neighbour, and over itself as soon as it is there. */
function placeOfNew(lineage, neighbours, isBefore = false) {
  const made = byLineage(lineage);
  if (made) return { over: made };
  const other = firstOf(neighbours) ?? steps().at(-1);
  return isBefore ? { over: other } : { beside: other };
}

/** Writes the title of a new stage behind the one that one is in; it holds one step, named next. */
export function addStage() {
  if (!mayEdit()) return;
  const step = stepOf(active()) ?? steps().at(-1);
  const after = step.dataset.stage;
  const [lineage, first] = [newId(), newId()];
  writeNew({
    lineage,
    batch: newId(),
    place: () => placeOfNew(lineage, [after]),
    isLine: true,
    most: 120,
    label: "Title of the new stage",
    hint: "New stage",
    field: "title",
    make: (title) => [
      creates("stage", { title }, { parent: mapId(), after, lineage }),
      creates("step", { title: FIRST_TITLE }, { parent: lineage, lineage: first }),
    ],
    end: (how, isMade) => {
      if (how === "enter" && isMade) nameFirst(first, lineage, after);
      else if (how !== "away") goToFirst(isMade ? [lineage, after] : [after]);
    },
  });
}

/** Writes the title of the step that a new stage began with. */
function nameFirst(first, stage, neighbour) {
  const batch = newId();
  const about = `${first} title`;
  write({
    place: () => placeOfNew(first, [stage, neighbour]),
    isLine: true,
    most: 200,
    label: "Title of the first step",
    hint: FIRST_TITLE,
    save: (title) => change([sets(first, "title", title)], { about, batch }),
    takeBack: () => change([sets(first, "title", FIRST_TITLE)], { about, batch }),
    end: (how, title) => {
      if (how === "enter" && title) writeStep({ parent: stage, after: first, neighbours: [first, stage, neighbour] });
      else if (how !== "away") goToFirst([first, stage, neighbour]);
    },
  });
}

/** Makes a lane with *values* below the one that one is in. */
export function addLane(values) {
  const lane = laneOf(cellOf(active()));
  const lineage = newId();
  return change([creates("lane", values, { parent: mapId(), after: lane?.dataset.lineage, lineage })], { to: lineage, words: `Lane ${values.title} added` });
}

/** Makes a point of the curve for a persona at a cell, in the middle of what there can be. */
export function addPoint(cell, persona = "") {
  const step = cell.dataset.step;
  const lineage = newId();
  const { min, max } = scaleOf(cell);
  const value = within(cell, (min + max) / 2);
  const values = { step_from: step, step_to: step, value, ...(persona ? { persona } : {}) };
  return change([creates("card", values, { parent: laneOf(cell).dataset.lineage, lineage })], { to: lineage, words: `${signed(value)}; arrow keys change it` });
}

const OF_STEP = ["contact", "role", "nested"];

/** Puts what was picked into a cell: a card of its lane, or a touchpoint, part or journey of its step. */
export function addPicked(cell, { kind = "card", values }) {
  const lineage = newId();
  const step = cell.dataset.step;
  const isCard = kind === "card";
  const all = isCard ? { step_from: step, step_to: step, ...values } : values;
  const parent = OF_STEP.includes(kind) ? step : isCard ? laneOf(cell).dataset.lineage : mapId();
  return change([creates(kind, all, { parent, lineage })], { to: lineage, words: "Added" }).then(() => lineage);
}

/** Puts a persona on the map: its way is shown, too. */
export const addPersona = (values, name) => change([creates("cast", values, { parent: mapId() })], { words: `${name} is on the map` });

const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Deletes what is selected, or where one is; of a stage with its last step, asks first. */
export function remove(lineages = subjects()) {
  const elements = lineages.map(byLineage).filter(Boolean);
  if (!elements.length) return;
  const kind = kindOf(elements[0]);
  const send = (ids) => change(ids.map(deletes), { words: elements.length > 1 ? `${counted(elements.length, "card")} deleted` : `${kind === "point" ? "Value" : textOf(elements[0]).slice(0, 40) || kind} deleted`, undoes: true });
  const stage = kind === "step" && elements[0].dataset.stage;
  if (stage && stepsOf({ dataset: { lineage: stage } }).length === 1) {
    askForStage("A stage holds one step at least.", () => send([stage]));
  } else {
    send(lineages);
  }
}

/** Sets a field of what is selected. */
export function setAll(field, value, lineages = subjects()) {
  return change(lineages.map((lineage) => sets(lineage, field, value)), { to: lineages.at(-1), words: "Changed" });
}

/** Folds a stage or lane, or opens it, for the one who looks. */
export const fold = (element = active()) => element.querySelector(".map-fold")?.click();

/** Begins to write in an empty cell of text, or gives false. */
export function startTyping() {
  const cell = active();
  if (!mayEdit() || kindOf(cell) !== "cell" || !isTextLane(cell) || itemsIn(cell).length) return false;
  addCard(cell);
  return true;
}

// Lanes whose cells take something that is chosen, and those whose cards are filled in beside the map.
const TAKEN = ["touchpoint", "actor", "nested", "channel", "insight", "opportunity", "solution", "goal"];
const CHOSEN = ["icon", "flow"];
const FILLED_IN = ["image", "file", "link"];
export const isCurve = (cell) => ["emotion", "scale"].includes(laneKind(cell));
export const opensPicker = (cell) => Boolean(cell?.matches("td[data-cell]")) && (CHOSEN.includes(laneKind(cell)) || (mayTake() && TAKEN.includes(laneKind(cell))));
export const isFilledIn = (cell) => Boolean(cell?.matches("td[data-cell]")) && FILLED_IN.includes(laneKind(cell));
