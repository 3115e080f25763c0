// Tables on the clipboard, as spreadsheets give them: a page shows where their cells would go.

import { token } from "./change-queue.js";
import { queue } from "./map-changes.js";
import { active } from "./map-focus.js";
import { cellOf, laneOf } from "./map-grid.js";

const WRITTEN = ["text", "icon", "link", "emotion", "scale"];
const url = () => `${location.pathname}paste/`;

/** Whether a table can begin in a cell: its lane is written in and not locked. */
export const takesTables = (cell) => Boolean(cell?.matches("td[data-cell]")) && WRITTEN.includes(laneOf(cell)?.dataset.laneKind)
  && laneOf(cell).dataset.locked === undefined;

const placeOf = (cell) => (takesTables(cell) ? { lane: laneOf(cell).dataset.lineage, step: cell.dataset.step } : {});

/** Leaves for the page that asks for a table, once all is saved; the cell at hand is where it begins. */
export async function askForTable() {
  const place = new URLSearchParams(placeOf(cellOf(active())));
  await queue.send();
  location.assign(`${url()}?${place}`);
}

/** Leaves for the page that shows where the cells of a table would go, from *cell* on. */
export async function pasteTable(cell, text) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url();
  form.hidden = true;
  const told = { csrfmiddlewaretoken: token(), do: "look", ...placeOf(cell), text };
  for (const [name, value] of Object.entries(told)) {
    // Only a text area keeps line breaks.
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  await queue.send();
  document.body.append(form);
  form.submit();
}
