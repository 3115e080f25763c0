// Everything one can do on a map: one table, from which the keys, the menus, the command list and the help are made.

import { mayAdd, mayEdit, queue, stepBack } from "./map-changes.js";
import { copy, cut } from "./map-clipboard.js";
import { active, alongCurve, among, edge, enter, goTo, leave, page, select, selectAll, step, subjects, toggle, unselect } from "./map-focus.js";
import { byLineage, cellOf, isTextLane, itemsIn, kindOf, lineageOf } from "./map-grid.js";
import { duplicate } from "./map-copies.js";
import { bringAll } from "./map-lanes.js";
import { makeInsights, makeOpportunity } from "./map-library.js";
import { addCard, addPicked, addPoint, addStage, addStep, edit, fold, isCurve, isFilledIn, opensPicker, remove } from "./map-making.js";
import { startMoving } from "./map-moving.js";
import { showComments, showPanel } from "./map-panel.js";
import { hasLaneBeside, pickColour, pickFor, pickLane, pickOtherLane, pickPersona, pickPlace, pickStep } from "./map-picker.js";
import { scaleOf, shiftItem, shiftLine, widen, within } from "./map-places.js";
import { askForTable } from "./map-tables.js";
import { nudge } from "./map-values.js";

const LINES = ["step", "stage", "lane"];
const ITEMS = ["card", "contact", "role", "nested"];
// A way lies in a cell as well, but goes where its steps go.
const INSIDE = [...ITEMS, "flow"];
const MOVABLE = [...ITEMS, ...LINES, "point"];
const isLine = () => LINES.includes(kindOf(active()));

/** Moves what is selected one place on. */
function shift(down, across) {
  const [kind, lineage] = [kindOf(active()), lineageOf(active())];
  if (kind === "lane" ? down : isLine() && across) shiftLine(kind, lineage, down || across);
  else if (!isLine() && subjects().length) shiftItem(subjects(), down, across);
}

/** Raises a value by so many of the lane's own steps. */
function raise(by) {
  const point = active();
  nudge(point, within(point, Number(point.dataset.value) + by * scaleOf(point).step));
}

/** Enter: writes, goes in, picks or makes a value, whichever fits where one is. */
function open() {
  const element = active();
  if (kindOf(element) === "cell") {
    if (itemsIn(element).length) return enter();
    if (isTextLane(element)) return addCard(element);
    if (isCurve(element)) return addPoint(element, personaFor(element));
    return mayEdit() && (opensPicker(element) || isFilledIn(element)) ? choose(element) : showPanel(element.dataset.step);
  }
  if (["contact", "role", "nested", "flow"].includes(kindOf(element)) || !mayEdit()) return showPanel(lineageOf(element));
  return edit(element);
}

/** Puts something into a cell that is chosen, or a card that is filled in beside the map. */
export async function choose(cell) {
  if (opensPicker(cell)) return pickFor(cell);
  return showPanel(await addPicked(cell, { values: {} }));
}

/** The links into the journey at hand, and up out of the map that one is in. */
const wayIn = () => active().querySelector("a.chip-in")?.href;
const wayUp = () => document.querySelector("a[data-map-up]")?.href;

/** Leaves for another page, once all is saved. */
async function leaveFor(url) {
  await queue?.send();
  location.assign(url);
}

/** Looks at the stage or lane at hand alone, or at the whole map again; one stays where one is. */
function focusOn() {
  const { focus, lineage } = active().closest("[data-focus]").dataset;
  return leaveFor(`${location.pathname}${focus}&at=${lineage}`);
}

/** Leaves for the page where the step at hand is split or joined, once all is saved. */
async function visit(name) {
  const lineage = lineageOf(active());
  await queue.send();
  location.assign(`${location.pathname}steps/${lineage}/${name}/`);
}

/** What comments at an element are about; what a step has shares the step's. */
const talkedOf = (element) => (["contact", "role", "nested", "cell"].includes(kindOf(element)) ? cellOf(element).dataset.step : lineageOf(element));

function escape() {
  if (unselect()) return;
  if ([...INSIDE, "point"].includes(kindOf(active()))) leave();
}

/** Shows the evidence of what one is at; what is cited there is cited for all steps and cards that are selected. */
function linkEvidence() {
  const backed = subjects().filter((lineage) => ["card", "step", "point"].includes(kindOf(byLineage(lineage))));
  const [first, ...also] = backed.length ? backed : [lineageOf(active()) || cellOf(active()).dataset.step];
  showPanel(first, "evidence", also);
}

/**
 * Each command: its *name*, *words* for people, *keys*, the *group* it is shown in, *on* what kinds of elements (all
 * where left out), *when* it can be done besides, whether it *edits* the map, or *adds* to the workspace, and *run*. One that *isPlain* is in the help
 * only: there is nothing to choose in a menu. *menu* lists the kinds whose own menu has it, where that is not all.
 */
export const COMMANDS = [
  { name: "up", words: "Cell above", keys: ["ArrowUp"], group: "Moving about", isPlain: true, run: () => step(-1, 0) },
  { name: "down", words: "Cell below", keys: ["ArrowDown"], group: "Moving about", isPlain: true, run: () => step(1, 0) },
  { name: "left", words: "Cell on the left", keys: ["ArrowLeft"], group: "Moving about", isPlain: true, run: () => step(0, -1) },
  { name: "right", words: "Cell on the right", keys: ["ArrowRight"], group: "Moving about", isPlain: true, run: () => step(0, 1) },
  { name: "row-start", words: "Beginning, end of the row", keys: ["Home"], also: "End", group: "Moving about", isPlain: true, run: () => edge(false) },
  { name: "row-end", keys: ["End"], isPlain: true, run: () => edge(true) },
  { name: "map-start", words: "First, last cell of the map", keys: ["Ctrl+Home"], also: "Ctrl+End", group: "Moving about", isPlain: true, run: () => edge(false, true) },
  { name: "map-end", keys: ["Ctrl+End"], isPlain: true, run: () => edge(true, true) },
  { name: "page-up", words: "Five lanes up, down", keys: ["PageUp"], also: "PageDown", group: "Moving about", isPlain: true, run: () => page(-1) },
  { name: "page-down", keys: ["PageDown"], isPlain: true, run: () => page(1) },
  { name: "open", words: "Write, go into the cell, choose", keys: ["Enter"], group: "Moving about", isPlain: true, run: open },
  { name: "open-inside", words: "Open the map of the journey inside", keys: ["Enter"], on: ["nested"], when: () => Boolean(wayIn()), group: "Moving about", run: () => leaveFor(wayIn()) },
  { name: "up-map", words: "Up to the map that this one lies in", keys: ["Alt+Home"], when: () => Boolean(wayUp()), group: "Moving about", menu: [], run: () => leaveFor(wayUp()) },
  { name: "leave", words: "Leave the cell or the selection", keys: ["Escape"], group: "Moving about", isPlain: true, run: escape },
  { name: "next-in-cell", words: "Next, previous card of the cell", keys: ["ArrowDown"], also: "ArrowUp", on: INSIDE, group: "Moving about", isPlain: true, run: () => among(1) },
  { name: "previous-in-cell", keys: ["ArrowUp"], on: INSIDE, isPlain: true, run: () => among(-1) },
  { name: "next-value", words: "Next, previous value of the curve", keys: ["ArrowRight"], also: "ArrowLeft", on: ["point"], group: "Moving about", isPlain: true, run: () => alongCurve(1) },
  { name: "previous-value", keys: ["ArrowLeft"], on: ["point"], isPlain: true, run: () => alongCurve(-1) },
  { name: "go-to-step", words: "Go to a step …", keys: ["j"], group: "Moving about", menu: [], run: () => pickStep(goTo) },

  { name: "edit", words: "Edit the text", keys: ["F2"], on: ["card", "point", ...LINES], group: "Writing", edits: true, run: () => edit() },
  { name: "add-card", words: "Add a card", keys: ["Insert"], on: ["cell", "card"], when: () => isTextLane(cellOf(active())), group: "Writing", edits: true, run: () => addCard() },
  { name: "pick", words: "Choose what lies here …", keys: ["Insert"], on: ["cell", ...INSIDE], when: () => opensPicker(cellOf(active())) || isFilledIn(cellOf(active())), group: "Writing", edits: true, run: () => choose(cellOf(active())) },
  { name: "add-point", words: "Add a value to the curve", keys: ["Insert"], on: ["cell"], when: () => isCurve(active()), group: "Writing", edits: true, run: () => addPoint(active(), personaFor(active())) },
  { name: "add-step", words: "Add a step on the right", keys: ["+"], group: "Writing", edits: true, menu: ["step"], run: () => addStep() },
  { name: "add-step-before", words: "Add a step on the left", keys: ["Shift+Insert"], on: ["step"], group: "Writing", edits: true, run: () => addStep(active(), { isBefore: true }) },
  { name: "add-stage", words: "Add a stage", keys: ["Ctrl+Shift+Enter"], group: "Writing", edits: true, menu: ["stage"], run: () => addStage() },
  { name: "add-lane", words: "Add a lane …", keys: ["Alt+Insert"], group: "Writing", edits: true, menu: ["lane"], run: () => pickLane() },
  { name: "add-persona", words: "Add a persona …", keys: ["p"], group: "Writing", edits: true, adds: true, menu: [], run: pickPersona },

  { name: "select", words: "Select, or leave", keys: [" "], on: [...INSIDE, "cell", "point"], group: "Selecting", isPlain: true, run: toggle },
  { name: "extend-right", words: "Select more", keys: ["Shift+ArrowRight"], also: "Shift+ the other arrows", group: "Selecting", isPlain: true, run: () => step(0, 1, { extends: true }) },
  { name: "extend-left", keys: ["Shift+ArrowLeft"], isPlain: true, run: () => step(0, -1, { extends: true }) },
  { name: "extend-up", keys: ["Shift+ArrowUp"], isPlain: true, run: () => step(-1, 0, { extends: true }) },
  { name: "extend-down", keys: ["Shift+ArrowDown"], isPlain: true, run: () => step(1, 0, { extends: true }) },
  { name: "select-all", words: "The whole lane, again the whole map", keys: ["Ctrl+a"], group: "Selecting", isPlain: true, run: () => bringAll().then(selectAll) },

  { name: "copy", words: "Copy", keys: ["Ctrl+c"], on: [...ITEMS, ...LINES, "cell"], isNative: true, group: "Changing", run: copy },
  { name: "cut", words: "Cut", keys: ["Ctrl+x"], on: [...ITEMS, "cell"], isNative: true, group: "Changing", edits: true, run: cut },
  { name: "paste", words: "Paste", keys: ["Ctrl+v"], isNative: true, isPlain: true, group: "Changing", edits: true },
  { name: "paste-table", words: "Paste a table …", keys: ["Alt+v"], on: ["cell", "card"], group: "Changing", edits: true, run: askForTable },
  { name: "duplicate", words: "Duplicate", keys: ["Ctrl+d"], on: ["card", ...LINES], group: "Changing", edits: true, run: () => duplicate(subjects()) },
  { name: "move", words: "Move: arrows, then Enter", keys: ["m"], on: MOVABLE, group: "Changing", edits: true, run: startMoving },
  { name: "move-to", words: "Move to a step …", keys: ["Shift+m"], on: [...ITEMS, "point", "step"], group: "Changing", edits: true, run: pickPlace },
  { name: "move-lane", words: "Move to another lane …", keys: ["Alt+m"], on: ["card"], when: hasLaneBeside, group: "Changing", edits: true, run: pickOtherLane },
  { name: "shift-left", words: "Move one place left", keys: ["Alt+ArrowLeft"], on: [...ITEMS, "point", "step", "stage"], group: "Changing", edits: true, run: () => shift(0, -1) },
  { name: "shift-right", words: "Move one place right", keys: ["Alt+ArrowRight"], on: [...ITEMS, "point", "step", "stage"], group: "Changing", edits: true, run: () => shift(0, 1) },
  { name: "shift-up", words: "Move one place up", keys: ["Alt+ArrowUp"], on: ["card", "lane"], group: "Changing", edits: true, run: () => shift(-1, 0) },
  { name: "shift-down", words: "Move one place down", keys: ["Alt+ArrowDown"], on: ["card", "lane"], group: "Changing", edits: true, run: () => shift(1, 0) },
  { name: "widen", words: "Widen to the right", keys: ["Alt+Shift+ArrowRight"], on: ["card"], group: "Changing", edits: true, run: () => widen(lineageOf(active()), 1) },
  { name: "narrow", words: "Make narrower", keys: ["Alt+Shift+ArrowLeft"], on: ["card"], group: "Changing", edits: true, run: () => widen(lineageOf(active()), -1) },
  { name: "raise", words: "Raise by 0.1", keys: ["ArrowUp"], on: ["point"], group: "Changing", edits: true, run: () => raise(1) },
  { name: "lower", words: "Lower by 0.1", keys: ["ArrowDown"], on: ["point"], group: "Changing", edits: true, run: () => raise(-1) },
  { name: "raise-far", words: "Raise by 1", keys: ["Shift+ArrowUp"], on: ["point"], group: "Changing", edits: true, run: () => raise(10) },
  { name: "lower-far", words: "Lower by 1", keys: ["Shift+ArrowDown"], on: ["point"], group: "Changing", edits: true, run: () => raise(-10) },
  { name: "split", words: "Split in two …", keys: ["Shift+s"], on: ["step"], group: "Changing", edits: true, run: () => visit("split") },
  { name: "merge", words: "Join with the step beside …", keys: ["Shift+j"], on: ["step"], group: "Changing", edits: true, run: () => visit("merge") },
  { name: "colour", words: "Colour …", keys: ["k"], on: ["card", "stage"], group: "Changing", edits: true, run: () => pickColour(subjects()) },
  { name: "fold", words: "Fold, or open", keys: ["x"], on: ["stage", "lane"], group: "Looking", run: () => fold() },
  { name: "focus", words: "Show this alone, or the whole map", keys: ["Shift+x"], on: ["stage", "lane"], group: "Looking", run: focusOn },
  { name: "delete", words: "Delete", keys: ["Delete"], on: [...MOVABLE, "flow"], group: "Changing", edits: true, isDanger: true, run: () => remove() },
  { name: "delete-cell", keys: ["Delete"], on: ["cell"], edits: true, isPlain: true, run: () => { select(itemsIn(active()).map((item) => item.dataset.lineage), { only: true }); remove(subjects()); } },
  { name: "undo", words: "Undo", keys: ["Ctrl+z"], group: "Changing", edits: true, menu: [], run: () => stepBack("undo") },
  { name: "redo", words: "Redo", keys: ["Ctrl+Shift+z", "Ctrl+y"], group: "Changing", edits: true, menu: [], run: () => stepBack("redo") },

  { name: "capture", words: "Make an opportunity of it", keys: ["o"], on: ["card"], group: "Library", edits: true, adds: true, run: makeOpportunity },
  { name: "insights", words: "Turn into an insight", keys: ["t"], on: ["card"], when: () => isTextLane(cellOf(active())), group: "Library", edits: true, adds: true, run: makeInsights },

  { name: "filter", words: "Find in cards", keys: ["/"], group: "Looking", menu: [], run: () => document.querySelector("[data-map-filter]")?.focus() },
  { name: "view", words: "The first to seventh view", keys: ["1", "2", "3", "4", "5", "6", "7"], group: "Looking", isPlain: true, run: ({ key }) => document.querySelectorAll(".map-bar [aria-label=View] a")[Number(key) - 1]?.click() },
  { name: "details", words: "Details", keys: ["i"], on: [...MOVABLE, "flow", "cell"], group: "Looking", run: () => showPanel(lineageOf(active()) || cellOf(active()).dataset.step) },
  { name: "comment", words: "Comments", keys: ["c"], on: [...MOVABLE, "flow", "cell"], group: "Looking", run: () => showPanel(talkedOf(active()), "comments") },
  { name: "comments", words: "All comments", keys: ["Shift+c"], group: "Looking", menu: [], run: showComments },
  { name: "evidence", words: "Link evidence", keys: ["l"], on: [...MOVABLE, "cell"], group: "Looking", adds: true, run: linkEvidence },
];

const byName = new Map(COMMANDS.map((command) => [command.name, command]));
export const named = (name) => byName.get(name);

/** Whether a command can be done where one is. */
export function fits(command, element = active()) {
  if (!element || (command.edits && !mayEdit()) || (command.adds && !mayAdd())) return false;
  if (command.on && !command.on.includes(kindOf(element))) return false;
  return !command.when || Boolean(command.when());
}

/** Lists what a menu offers where one is. */
export const offered = () => COMMANDS.filter((command) => command.run && command.words && !command.isPlain && fits(command));

/** Lists what the menu of the element has where one is. */
export const ofElement = () => offered().filter((command) => !command.menu || command.menu.includes(kindOf(active())));

/** Does a command by its name. */
export function run(name) {
  const command = named(name);
  if (command?.run && (fits(command) || !command.on)) command.run();
}

/** Whose value is missing at a cell of a curve. */
const personaFor = (cell) => cell.querySelector("[data-new-point]")?.dataset.persona;

// Each way of dragging, with the commands that do the same by key and menu.
export const DRAGS = { items: ["move", "shift-right"], edge: ["widen", "narrow"], step: ["move", "shift-right"], stage: ["move", "shift-right"], lane: ["move", "shift-down"], point: ["raise", "lower"] };