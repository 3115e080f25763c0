// The menu of an element, the command list and the list of keys: all made from the table of commands.

import { COMMANDS, named, offered, ofElement, run } from "./map-commands.js";
import { active, goTo } from "./map-focus.js";
import { called, grid, kindOf, steps, textOf } from "./map-grid.js";

const GAP_PX = 6;
const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", " ": "Space", PageUp: "Page up", PageDown: "Page down", Escape: "Esc", Delete: "Del" };
let menu = null;

/** How a key is written for people. */
export function written(key) {
  return key.split(/\+(?=.)/).map((part) => SIGNS[part] ?? (part === "Ctrl" && isApple ? "⌘" : part.length === 1 ? part.toUpperCase() : part)).join(" ");
}

function part(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Opens the menu of where one is, at a place of the screen or below the element. */
export function openMenu(place = null) {
  const element = active();
  const found = ofElement();
  if (!element || !found.length) return;
  if (!menu) {
    menu = part("div", "menu map-menu");
    menu.id = "map-element-menu";
    menu.popover = "auto";
    menu.dataset.menu = "";
    menu.addEventListener("toggle", (event) => { if (event.newState === "closed" && menu.contains(document.activeElement)) goTo(active()); });
    document.querySelector("main").append(menu);
  }
  menu.setAttribute("aria-label", `What to do with ${called(element)}`);
  menu.setAttribute("role", "group");
  menu.replaceChildren(...found.flatMap((command, place) => {
    const button = part("button", command.isDanger ? "is-danger" : "", command.words);
    button.type = "button";
    button.dataset.mapCommand = command.name;
    button.append(part("kbd", "end", written(command.keys[0])));
    const isNewGroup = place > 0 && found[place - 1].group !== command.group;
    return isNewGroup ? [part("hr", ""), button] : [button];
  }));
  menu.showPopover();
  const box = element.getBoundingClientRect();
  const { x, y } = place ?? { x: Math.max(box.left, GAP_PX), y: box.bottom + GAP_PX };
  const top = y + menu.offsetHeight > innerHeight ? Math.max(GAP_PX, Math.min(y, innerHeight) - menu.offsetHeight) : y;
  menu.style.setProperty("left", `${Math.min(x, innerWidth - menu.offsetWidth - GAP_PX)}px`);
  menu.style.setProperty("top", `${top}px`);
  menu.querySelector("button").focus();
}

function clicked(event) {
  const button = event.target.closest("[data-map-command]");
  if (!button || !named(button.dataset.mapCommand)) return;
  event.preventDefault();
  event.stopPropagation();
  if (menu?.contains(button)) {
    menu.hidePopover();
    goTo(active());
  }
  button.closest("[popover]")?.hidePopover();
  run(button.dataset.mapCommand);
}

/** Puts the commands of the map, and its steps, first in the command list. */
function intoPalette() {
  const results = document.getElementById("palette-results");
  const palette = document.querySelector("[data-palette]");
  if (!palette?.open || !results) return;
  const query = palette.querySelector("input").value.trim().toLowerCase();
  const asked = (words) => words.toLowerCase().includes(query);
  const commands = offered().filter((command) => asked(command.words)).map((command) => ({ label: command.words, hint: written(command.keys[0]), act: () => { goTo(active()); command.run(); } }));
  const places = query ? steps().filter((step) => asked(textOf(step))).map((step) => ({ label: textOf(step), hint: "Step", act: () => goTo(step) })) : [];
  const views = [...document.querySelectorAll("[data-saved-view]")].filter((link) => asked(link.firstChild.data)).map((link) => ({ label: link.firstChild.data, hint: "Kept view", act: () => link.click() }));
  const groups = [["On this map", commands], ["Steps of this map", places], ["Views of this map", views]].filter(([, all]) => all.length);
  results.querySelectorAll("[data-of-map]").forEach((old) => old.remove());
  if (groups.length) results.querySelector(".nothing")?.remove();
  results.prepend(...groups.map(([words, all], group) => {
    const box = part("div", "");
    box.dataset.ofMap = "";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", words);
    const title = part("div", "kind", words);
    title.setAttribute("aria-hidden", "true");
    box.append(title, ...all.map(({ label, hint, act }, place) => {
      const row = part("div", "", label);
      row.id = `palette-map-${group}-${place}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      row.append(part("small", "", hint));
      row.addEventListener("click", () => { palette.close(); act(); });
      return row;
    }));
    return box;
  }));
}

/** Lists the keys of the map in the help, by group. */
function intoHelp() {
  const list = document.querySelector("#shortcuts .keys");
  if (!list || list.parentElement.querySelector("[data-map-keys]")) return;
  const groups = Map.groupBy(COMMANDS.filter((command) => command.words), (command) => command.group);
  for (const [group, all] of groups) {
    const box = part("dl", "keys");
    box.dataset.mapKeys = "";
    box.append(...all.map((command) => {
      const row = part("div", "");
      const keys = part("dd", "");
      const shown = command.keys.length > 2 ? [command.keys[0], "…", command.keys.at(-1)] : command.keys;
      keys.append(...[...shown, ...(command.also ? [command.also] : [])].map((key) => (key === "…" ? key : part("kbd", "", written(key)))));
      row.append(part("dt", "", command.words), keys);
      return row;
    }));
    list.before(part("h3", "keys-title", group), box);
  }
  list.before(part("h3", "keys-title", "Everywhere"));
}

/** Begins to offer menus, the command list and the help. */
export function watchMenus() {
  document.addEventListener("contextmenu", (event) => {
    const stop = grid().contains(event.target) ? event.target.closest("th, td, [data-lineage]") : null;
    // A long press begins a drag; the button with dots opens the menu there.
    if (!stop || event.defaultPrevented || stop.matches("tbody") || event.pointerType === "touch") return;
    event.preventDefault();
    if (!stop.contains(document.activeElement) || kindOf(stop) !== kindOf(active())) goTo(stop);
    openMenu(event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : null);
  });
  // While it goes down: without scripts some of these buttons do the same by other ways.
  document.addEventListener("click", clicked, true);
  // While it goes down: what comes after this chooses the first of all rows.
  document.addEventListener("htmx:after:swap", intoPalette, true);
  intoHelp();
}
