// Keys on the map: each is looked up in the table of commands.

import { COMMANDS, fits } from "./map-commands.js";
import { letGo } from "./map-drag.js";
import { active } from "./map-focus.js";
import { grid, isAwayCell } from "./map-grid.js";
import { bring, lackingAt } from "./map-lanes.js";
import { startTyping } from "./map-making.js";
import { openMenu } from "./map-menus.js";
import { cellMovedTo, keyWhileMoving } from "./map-moving.js";
import { closePanel } from "./map-panel.js";
import { isWriting, typeOn } from "./map-writing.js";

const NEVER_WAIT = ["Tab", "Shift", "Control", "Alt", "Meta"];
const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
const areLettersOn = () => localStorage.getItem("wayfare-shortcuts") !== "off";

/** The name of a key press as the table writes it, as `Ctrl+Shift+z`. */
export function nameOf(event) {
  const isLetter = /^\p{L}$/u.test(event.key);
  const key = isLetter ? event.key.toLowerCase() : event.key;
  const isSign = event.key.length === 1 && !isLetter && event.key !== " ";
  return [
    (isApple ? event.metaKey : event.ctrlKey) && "Ctrl",
    event.altKey && "Alt",
    event.shiftKey && !isSign && "Shift",
    key,
  ].filter(Boolean).join("+");
}

const isSingle = (event) => event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;

/** The command of a key where one is; one that is for such elements only comes first. */
function commandOf(name) {
  const found = COMMANDS.filter((command) => command.keys.includes(name) && fits(command));
  return found.find((command) => command.on) ?? found[0];
}

function press(event) {
  if (isWriting() || event.isComposing || event.defaultPrevented || document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (event.key === "Escape" && (letGo() || (!grid().contains(event.target) && closePanel()))) return stop(event);
  if (!grid().contains(event.target) || !active()) return undefined;
  if (!NEVER_WAIT.includes(event.key) && (held || lackingFor(event).length)) {
    hold(event);
    return stop(event);
  }
  return act(event);
}

// How many keys wait for lanes, and when the last of them is done: they are done in the order they came.
let held = 0;
let late = Promise.resolve();

function hold(event) {
  held += 1;
  const go = () => bring(lackingFor(event)).then(() => pressLate(event)).finally(() => { held -= 1; });
  late = late.then(go, go);
}

/** The lanes that must come before a key can do what it does. */
function lackingFor(event) {
  const leads = /^(Arrow|Page)/.test(event.key) || isAwayCell(active());
  return leads ? lackingAt(cellMovedTo() ?? active()) : [];
}

/** Does what a key does that had to wait; what was typed meanwhile is written. */
function pressLate(event) {
  const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  const wasWriting = isWriting();
  if (!wasWriting) act(event);
  if (isWriting() && isText) typeOn(event.key);
  else if (wasWriting) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", event));
}

function act(event) {
  if (keyWhileMoving(event)) return stop(event);
  if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) { openMenu(); return stop(event); }
  if (isSingle(event)) {
    // The character goes into the field that opens now.
    if (startTyping()) return event.stopPropagation();
    if (!areLettersOn()) return undefined;
  }
  const command = commandOf(nameOf(event));
  if (!command || command.isNative) return undefined;
  command.run(event);
  return stop(event);
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** Begins to listen, before what is for every page does. */
export function watchKeys() {
  document.addEventListener("keydown", press, true);
}
