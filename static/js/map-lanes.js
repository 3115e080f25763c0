// Lanes of a big map that are not on the page yet: they come when they are nearly scrolled to, or when somebody goes to
// them by keys. Several that are wanted together come together.

import { head, look } from "./map-changes.js";
import { active, isLaneSelected, settle } from "./map-focus.js";
import { AWAY, byLineage, grid, laneOf, lanes, root, say, scroller } from "./map-grid.js";

const PAUSE_MS = 60;
const away = () => [...grid().querySelectorAll(AWAY)];
const isAway = (lane) => lane?.matches(AWAY) ?? false;
const idOf = (lane) => lane.dataset.lineage;

// How high lanes were that have been here, so that nothing jumps where they go away.
const heights = new Map();
const coming = new Map();
let inSight = new Set();
let timer = 0;
let sight = null;

const address = (query) => `${root.dataset.lanesUrl}?${query}`;

function asked(ids) {
  const query = look();
  query.delete("near");
  query.set("of", ids.join(","));
  return query;
}

/** Puts lanes in the places of those that are away. Who was in one of them stays where they were. */
function put(told) {
  const wasIn = grid().contains(document.activeElement);
  const wasAway = isAway(laneOf(document.activeElement));
  for (const [id, markup] of Object.entries(told.lanes)) {
    const old = document.getElementById(`lane-${id}`);
    if (!isAway(old)) continue;
    const lane = new DOMParser().parseFromString(`<table>${markup}</table>`, "text/html").querySelector("tbody");
    old.replaceWith(lane);
    window.htmx.process(lane);
  }
  settle(wasIn);
  if (wasIn && wasAway) active()?.scrollIntoView({ block: "nearest", inline: "nearest" });
  document.dispatchEvent(new CustomEvent("map-changed"));
}

/** Asks for lanes; what the map has overtaken meanwhile is asked for again. */
async function fetched(query) {
  const answer = await fetch(address(query), { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.status !== 200 || answer.redirected) return false;
  const told = await answer.json();
  if (told.head < head()) return fetched(query);
  put(told);
  return true;
}

/** Brings those of *wanted* that are away; gives whether they are here now. None is asked for twice at a time. */
export async function bring(wanted) {
  const ids = wanted.filter(isAway).map(idOf);
  const fresh = ids.filter((id) => !coming.has(id));
  if (fresh.length) {
    const all = fetched(asked(fresh)).finally(() => { for (const id of fresh) coming.delete(id); });
    for (const id of fresh) coming.set(id, all);
  }
  const came = await Promise.all(ids.map((id) => coming.get(id)));
  return came.every(Boolean);
}

/** Gives the element of a lineage, and brings the lane that it lies in where that is away. */
export async function reach(lineage) {
  if (!byLineage(lineage) && lineage !== root.dataset.map && away().length) {
    const query = asked([]);
    query.set("holding", lineage);
    await fetched(query);
  }
  return byLineage(lineage);
}

/** The lanes that are away where a key may lead from *element*: its own, those beside it, and the next of its kind. */
export function lackingAt(element) {
  if (!grid().querySelector(AWAY)) return [];
  const all = lanes();
  const lane = laneOf(element);
  const place = all.indexOf(lane);
  const isKin = (one) => one.dataset.laneKind === lane?.dataset.laneKind;
  const [above, below] = [all.slice(0, Math.max(place, 0)).reverse(), all.slice(place + 1)];
  const near = [lane, above[0], below[0], above.find(isKin), below.find(isKin)];
  return [...new Set(near)].filter(isAway);
}

/** Brings what selecting all of the map, or of the lane, takes. */
export const bringAll = () => bring(isLaneSelected() ? away() : lackingAt(active()));

/** Brings lanes, and says so where they do not come. */
async function bringOrSay(wanted) {
  if (!(await bring(wanted))) say("This part of the map could not be loaded. Move on to try again.");
}

function seen(entries) {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) inSight.add(target);
    else inSight.delete(target);
  }
  // What is only scrolled past is not asked for.
  clearTimeout(timer);
  timer = setTimeout(() => bringOrSay([...inSight].map(laneOf).filter(Boolean)), PAUSE_MS);
}

/** Watches all that is away, and gives it the room that it had. */
function watch() {
  if (root.dataset.isCut === undefined && !away().length) return;
  root.dataset.isCut = "";
  if (sight?.root !== scroller()) {
    sight?.disconnect();
    inSight = new Set();
    sight = new IntersectionObserver(seen, { root: scroller(), rootMargin: "75% 0px" });
  }
  for (const lane of lanes()) {
    if (!isAway(lane)) { heights.set(idOf(lane), lane.offsetHeight); continue; }
    const room = lane.querySelector(".lane-room");
    if (heights.has(idOf(lane))) room.setAttribute("height", heights.get(idOf(lane)));
    sight.observe(room.parentElement);
  }
  for (const cell of inSight) if (!cell.isConnected) inSight.delete(cell);
}

/** Brings everything before the page is printed, which waits for nothing that is asked for in the usual way. */
function bringForPrint() {
  const ids = away().map(idOf);
  if (!ids.length) return;
  const request = new XMLHttpRequest();
  request.open("GET", address(asked(ids)), false);
  request.send();
  if (request.status === 200) put(JSON.parse(request.responseText));
}

/** Begins to bring lanes. */
export function watchLanes() {
  watch();
  document.addEventListener("map-changed", watch);
  document.addEventListener("htmx:after:swap", watch);
  document.addEventListener("map-moved", ({ detail }) => { if (isAway(laneOf(detail.element))) bringOrSay([laneOf(detail.element)]); });
  addEventListener("beforeprint", bringForPrint);
}
