// Copy, cut and paste. The clipboard holds plain text; what it stands for on maps of this workspace is kept in the
// browser beside it, so that it can be pasted into another map.

import { change, creates, newId } from "./map-changes.js";
import { pasteCopies, read } from "./map-copies.js";
import { active, subjects } from "./map-focus.js";
import { byLineage, cellOf, grid, isTextLane, itemsIn, kindOf, laneOf, root, say, textOf } from "./map-grid.js";
import { putItems, takes } from "./map-places.js";
import { pasteTable, takesTables } from "./map-tables.js";
import { isWriting } from "./map-writing.js";

const KEPT = "wayfare-map-clipboard";

function taken() {
  const element = active();
  if (kindOf(element) === "cell" && subjects().length === 0) return itemsIn(element).map((item) => item.dataset.lineage);
  return subjects();
}

function keep(isCut) {
  const lineages = taken();
  if (!lineages.length) return "";
  const text = lineages.map((lineage) => textOf(byLineage(lineage))).join("\n");
  const kept = { text, lineages, isCut, map: root.dataset.map, url: root.dataset.copiesUrl };
  localStorage.setItem(KEPT, JSON.stringify(kept));
  for (const old of grid().querySelectorAll(".is-cut")) old.classList.remove("is-cut");
  if (isCut) for (const lineage of lineages) byLineage(lineage)?.classList.add("is-cut");
  say(`${lineages.length} ${isCut ? "cut: paste where they should go" : "copied"}`);
  return text;
}

/** From a menu: the browser's clipboard is asked for. */
export const copy = () => navigator.clipboard?.writeText(keep(false));
export const cut = () => navigator.clipboard?.writeText(keep(true));

async function paste(text) {
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
  const element = active();
  const cell = cellOf(element);
  if (kept?.text !== text) return pasteText(cell, text);
  if (kept.isCut && kept.map === root.dataset.map && takes(cell, kept.lineages[0])) {
    localStorage.removeItem(KEPT);
    return putItems(kept.lineages, { lane: laneOf(cell).dataset.lineage, step: cell.dataset.step });
  }
  const elements = await read(kept.url, kept.lineages);
  if (!elements?.length) return pasteText(cell, text);
  return pasteCopies(elements, element);
}

/** Each line of a text becomes a card; a table is laid over the cells from here on, and looked at first. */
function pasteText(cell, text) {
  if (text.includes("\t") && takesTables(cell)) return pasteTable(cell, text);
  if (!cell?.matches("td[data-cell]") || !isTextLane(cell)) return say("Go to a cell for text first, then paste");
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  if (!lines.length) return undefined;
  const values = (line) => ({ step_from: cell.dataset.step, step_to: cell.dataset.step, text: line });
  const ops = lines.map((line) => creates("card", values(line), { parent: laneOf(cell).dataset.lineage, lineage: newId() }));
  return change(ops, { to: ops.at(-1).lineage, words: `${ops.length} ${ops.length === 1 ? "card" : "cards"} pasted` });
}

/** Whether a copy or paste is meant for the map: not where somebody writes, or has marked text. */
const isForMap = () => !isWriting() && grid().contains(document.activeElement) && !String(getSelection());

/** Begins to listen to the clipboard's own keys. */
export function watchClipboard() {
  const give = (isCut) => (event) => {
    const text = isForMap() && keep(isCut);
    if (!text) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  };
  document.addEventListener("copy", give(false));
  document.addEventListener("cut", give(Boolean(root.dataset.opsUrl)));
  document.addEventListener("paste", (event) => {
    if (!isForMap() || !root.dataset.opsUrl) return;
    event.preventDefault();
    paste(event.clipboardData.getData("text/plain"));
  });
}
