// Small buttons beside what the pointer is over, or has the focus: its menu, and “+” to add a step, a lane or a card.
// There is one of each for the whole map; keys and menus do the same.

import { mayEdit } from "./map-changes.js";
import { choose } from "./map-commands.js";
import { goTo } from "./map-focus.js";
import { cellOf, grid, isTextLane, ITEMS, kindOf, laneOf, scroller } from "./map-grid.js";
import { addCard, addPoint, addStep, isFilledIn, opensPicker } from "./map-making.js";
import { openMenu } from "./map-menus.js";
import { pickLane } from "./map-picker.js";
import { isWriting } from "./map-writing.js";

const SIZE_PX = 24;
// The right edge of a card is what widens it: the button leaves it free.
const EDGE_PX = 9;
const tools = {};
let about = null;

function make(name, sign, label, act) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: `map-tool is-${name}`, textContent: sign, tabIndex: -1, hidden: true });
  button.setAttribute("aria-label", label);
  button.title = label;
  button.addEventListener("click", () => { goTo(about); act(about); });
  document.querySelector("main").append(button);
  tools[name] = button;
}

function put(name, x, y) {
  const view = scroller().getBoundingClientRect();
  const isSeen = x >= view.left - SIZE_PX && x <= view.right && y >= view.top - SIZE_PX && y <= view.bottom;
  tools[name].hidden = !isSeen;
  tools[name].style.setProperty("left", `${Math.min(x, view.right - SIZE_PX)}px`);
  tools[name].style.setProperty("top", `${y}px`);
}

/** Shows the buttons of an element, or none. */
function show(element) {
  for (const tool of Object.values(tools)) tool.hidden = true;
  about = element;
  if (!element?.isConnected || isWriting() || document.querySelector(".map-ghost")) return;
  const box = element.getBoundingClientRect();
  const kind = kindOf(element);
  // Beside what is small, on the corner of what is not.
  const isSmall = ["point", "contact", "role", "nested", "flow"].includes(kind);
  if (kind !== "cell") put("menu", isSmall ? box.right + 2 : box.right - SIZE_PX - EDGE_PX, box.top + 2);
  if (!mayEdit()) return;
  if (kind === "step") put("step", box.right - SIZE_PX / 2, box.bottom - SIZE_PX - 2);
  if (kind === "lane") put("lane", box.left + box.width / 2, laneOf(element).getBoundingClientRect().bottom - SIZE_PX / 2);
  const cell = cellOf(element);
  if (!cell?.matches("td[data-cell]") || laneOf(cell).dataset.locked !== undefined) return;
  const takes = isTextLane(cell) || opensPicker(cell) || isFilledIn(cell);
  const place = cell.getBoundingClientRect();
  // On the lower border, where it covers nothing of the cell.
  if (takes) put("card", place.left + place.width / 2 - SIZE_PX / 2, place.bottom - SIZE_PX / 2);
}

function add(element) {
  const cell = cellOf(element);
  if (isTextLane(cell)) addCard(cell);
  else choose(cell);
}

/** Begins to follow the pointer and the focus. */
export function watchTools() {
  make("menu", "…", "What to do with this", () => openMenu());
  make("step", "+", "Add a step here", (element) => addStep(element));
  make("lane", "+", "Add a lane here", () => pickLane());
  make("card", "+", "Add to this cell", add);
  document.addEventListener("pointerover", (event) => {
    const stop = grid().contains(event.target) && event.target.closest(`${ITEMS}, th, td`);
    if (stop) show(stop);
    else if (!event.target.closest(".map-tool")) show(null);
  });
  document.addEventListener("map-moved", (event) => show(event.detail.element));
  document.addEventListener("map-changed", () => show(null));
  document.addEventListener("focusin", (event) => { if (event.target.matches(".map-writing")) show(null); });
  scroller().addEventListener("scroll", () => show(null), { passive: true });
  document.addEventListener("click", (event) => {
    const offer = event.target.closest("#map-grid [data-new-point]");
    if (offer && mayEdit()) addPoint(cellOf(offer), offer.dataset.persona);
  });
  document.addEventListener("dblclick", (event) => {
    const stop = grid().contains(event.target) && event.target.closest("[data-kind=card], [data-kind=flow], th, td");
    if (stop && mayEdit()) document.dispatchEvent(new CustomEvent("map-opened", { detail: { element: stop } }));
  });
}
