// The panel of details beside the map: what it shows, and back to where one was.

import { goToLineage } from "./map-focus.js";
import { byLineage, root } from "./map-grid.js";
import { reach } from "./map-lanes.js";

const panel = () => document.getElementById("map-panel");
let shown = "";
let opener = null;
// What an address says of the panel.
const OWN_NAMES = ["of", "tab", "comments", "about", "thread", "from"];

export const isPanelOpen = () => Boolean(panel()?.childElementCount);

/** Shows the details of an element, on *tab* where it has that; *also* are others that are selected with it. */
export async function showPanel(lineage, tab = "", also = []) {
  if (!lineage || !panel()) return;
  shown = lineage;
  const query = new URLSearchParams([["of", lineage], ...(tab ? [["tab", tab]] : []), ...also.map((one) => ["also", one])]);
  // Nothing of what another element showed is to stay.
  panel().replaceChildren();
  const isHere = await window.htmx.ajax("GET", `${root.dataset.panelUrl}?${query}`, { target: panel(), swap: "innerMorph" }).then(() => true, () => false);
  if (!isHere) return;
  // The panel leaves less room for the map: what it is about stays in sight.
  (await reach(lineage))?.scrollIntoView({ block: "nearest", inline: "nearest" });
  // Who asks for comments is about to write one.
  const target = (tab === "comments" && panel().querySelector("[data-comment-form=new] textarea")) || headingOf();
  target?.focus();
}

function headingOf() {
  const heading = panel().querySelector("h2");
  if (heading) heading.tabIndex = -1;
  return heading;
}

/** Shows all that is said about the map. */
export const showComments = () => document.getElementById("comments-of-all")?.click();

/** Closes the panel and goes back to what it was about. */
export function closePanel() {
  if (!isPanelOpen()) return false;
  panel().replaceChildren();
  const address = new URL(location.href);
  for (const name of OWN_NAMES) address.searchParams.delete(name);
  address.hash = "";
  history.replaceState(history.state, "", address);
  const from = opener?.id ? document.getElementById(opener.id) : null;
  opener = null;
  if (from) from.focus();
  else goToLineage(shown);
  return true;
}

/** Begins to watch the links that open details, and what closes them. */
export function watchPanel() {
  document.addEventListener("htmx:before:request", (event) => {
    const { sourceElement, target } = event.detail.ctx;
    if (target === panel() && sourceElement?.id === "comments-of-all") opener = sourceElement;
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.target !== panel()) return;
    const about = panel().querySelector("[data-of]")?.dataset.of;
    if (about && about !== shown) {
      shown = about;
      reach(about).then((element) => element?.scrollIntoView({ block: "nearest", inline: "nearest" }));
    }
    if (!panel().contains(document.activeElement)) headingOf()?.focus();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-opens-details]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const asked = new URL(link.href).searchParams;
      showPanel(asked.get("of"), asked.get("tab") ?? "");
    }
    if (event.target.closest("[data-panel-close]") && closePanel()) event.preventDefault();
  });
}
