// Files from the desktop, dropped on a cell for pictures or files: each becomes a card. What a picture shows is asked then.

import { toast, token } from "./change-queue.js";
import { queue } from "./map-changes.js";
import { cellOf, grid, laneOf, root, say } from "./map-grid.js";
import { lookForNews } from "./map-live.js";
import { hideMark, showCell } from "./map-moving.js";
import { showPanel } from "./map-panel.js";

const TAKES = ["image", "file"];

/** The cell under a drag that takes files, or null. */
function placeOf(event) {
  const cell = cellOf(event.target);
  const lane = laneOf(cell);
  const isTaking = cell?.matches("td[data-cell]") && TAKES.includes(lane?.dataset.laneKind) && lane.dataset.locked === undefined;
  return isTaking ? cell : null;
}

async function put(cell, file) {
  const body = new FormData();
  for (const [name, value] of [["lane", laneOf(cell).dataset.lineage], ["step", cell.dataset.step], ["file", file]]) body.append(name, value);
  const url = root.dataset.opsUrl.replace(/ops(\?.*)?$/, "cell-file/");
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const answer = await fetch(url, { method: "POST", headers, body }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok) return told.lineage;
  toast(`${file.name}: ${told?.message ?? "this could not be sent. Try again in a moment."}`, { is_bad: true });
  return "";
}

async function drop(cell, files) {
  await queue.send();
  const made = [];
  for (const file of files) {
    const lineage = await put(cell, file);
    if (lineage) made.push(lineage);
  }
  if (!made.length) return;
  await lookForNews();
  say(`${made.length} ${made.length === 1 ? "file is" : "files are"} on the map`);
  await showPanel(made.at(-1));
}

/** Begins to take files that are dragged from the desktop. */
export function watchFiles() {
  const hasFiles = (event) => grid().contains(event.target) && event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    const cell = placeOf(event);
    event.dataTransfer.dropEffect = cell ? "copy" : "none";
    showCell(cell);
  });
  document.addEventListener("dragleave", (event) => { if (hasFiles(event)) hideMark(); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    hideMark();
    const cell = placeOf(event);
    if (cell) drop(cell, [...event.dataTransfer.files]);
    else say("Drop files on a cell of a lane for pictures or files");
  });
}
