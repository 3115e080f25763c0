// Choosing from a list by typing: what of the library or the registries goes into a cell, a lane, a colour, a step.

import { toast, token } from "./change-queue.js";
import { mayEdit } from "./map-changes.js";
import { active, goTo, subjects } from "./map-focus.js";
import { byLineage, cellAt, cellOf, kindOf, laneKind, laneOf, lanes, root, steps, textOf } from "./map-grid.js";
import { addLane, addPersona, addPicked, setAll } from "./map-making.js";
import { showPanel } from "./map-panel.js";
import { placesFor, putItems, putLine, takes, wordsFor } from "./map-places.js";

const PAUSE_MS = 120;
// What lies in the cells of a lane of a kind: the elements that are made, and the field that names what was picked.
const ELEMENTS = { touchpoint: "contact", actor: "role", nested: "nested", flow: "flow" };
let dialog = null;
let choose = null;
let timer = 0;

function part(name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

const options = () => [...dialog.querySelectorAll("[role=option]")];

function mark(option) {
  const input = dialog.querySelector("input");
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function press(event) {
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (["ArrowDown", "ArrowUp"].includes(event.key) && all.length) {
    mark(all.at((at + (event.key === "ArrowDown" ? 1 : -1)) % all.length));
    event.preventDefault();
  } else if (event.key === "Enter") {
    event.preventDefault();
    (all[at] ?? all[0])?.click();
  }
}

function make() {
  dialog = part("dialog", "palette map-picker");
  const form = part("form");
  form.method = "dialog";
  const input = part("input");
  Object.assign(input, { type: "search", autocomplete: "off", spellcheck: false, maxLength: 120 });
  const roles = { role: "combobox", "aria-expanded": "true", "aria-autocomplete": "list", "aria-controls": "map-picks" };
  for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
  const list = part("div", "results");
  list.id = "map-picks";
  list.setAttribute("role", "listbox");
  form.append(input);
  dialog.append(form, list);
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("keydown", press);
  document.querySelector("main").append(dialog);
}

/** Shows what there is to choose: `{label, hint}`, each with what it stands for. */
function list(found, words) {
  const results = dialog.querySelector("#map-picks");
  results.setAttribute("aria-label", words);
  const rows = found.map((one, place) => {
    const row = part("div", "", one.label);
    row.id = `map-pick-${place}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    if (one.look) row.prepend(part("span", `swatch ${one.look}`));
    if (one.hint) row.append(part("small", "", one.hint));
    row.addEventListener("click", () => { dialog.close(); choose(one); });
    return row;
  });
  const nothing = dialog.querySelector("input").value.trim() ? "Nothing is called so." : "Nothing to choose from yet.";
  results.replaceChildren(...(rows.length ? rows : [part("p", "nothing", nothing)]));
  mark(rows[0]);
}

/**
 * Lets somebody choose one of what *look* gives for the text typed so far; *act* gets it, and the focus goes back to
 * where it was on the map.
 */
function pick(words, look, act) {
  if (!dialog) make();
  const input = dialog.querySelector("input");
  const back = active();
  choose = (one) => { goTo(back?.isConnected ? back : active()); act(one); };
  input.value = "";
  input.placeholder = words;
  input.setAttribute("aria-label", words);
  let asked = 0;
  const ask = async () => {
    const turn = asked += 1;
    const found = await look(input.value.trim());
    if (turn === asked) list(found, words);
  };
  input.oninput = () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE_MS); };
  dialog.showModal();
  ask();
}

const matching = (all) => (text) => all.filter((one) => one.label.toLowerCase().includes(text.toLowerCase()));

/** Asks the server what there is of a kind. */
const fromServer = (kind, more = {}) => async (q) => {
  const query = new URLSearchParams({ kind, q, ...more });
  const answer = await fetch(`${root.dataset.pickerUrl}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? (await answer.json()).options : [];
};

/** Registers something new under the name that was typed, as the lane takes it, and gives what it stands for. */
async function register({ kind, creates, ...more }) {
  const body = new URLSearchParams({ kind, name: creates });
  for (const name of ["lane", "step", "sort"]) if (more[name]) body.set(name, more[name]);
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const answer = await fetch(root.dataset.pickerUrl, { method: "POST", headers, body }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (!answer?.ok) toast(told?.message ?? "It could not be added. Try again in a moment.", { is_bad: true });
  return answer?.ok ? told : null;
}

/** Lets somebody choose what lies in a cell, as its lane takes it. */
export function pickFor(cell) {
  const lane = laneOf(cell);
  const kind = laneKind(cell);
  if (kind === "flow") return pickWay(cell);
  return pick(`Add to ${textOf(lane.querySelector("th"))}`, fromServer(kind, { lane: lane.dataset.lineage, step: cell.dataset.step }), async (one) => {
    const found = one.creates ? await register({ ...one, kind, lane: lane.dataset.lineage, step: cell.dataset.step }) : one;
    if (found) addPicked(cell, { kind: ELEMENTS[kind] ?? "card", values: found.values });
  });
}

const stepOptions = () => steps().map((step, place) => ({ label: textOf(step), hint: `Step ${place + 1}`, step: step.dataset.lineage }));

/** Lets somebody choose where a way from a step leads; its details say of which kind it is, and when it is taken. */
function pickWay(cell) {
  pick("To which step does the way lead?", matching(stepOptions()), async ({ step }) => {
    const from = cell.dataset.step;
    showPanel(await addPicked(cell, { kind: "flow", values: { from_step: from, to_step: step, kind: step === from ? "loop" : "branch" } }));
  });
}

/** Lets somebody choose a step; *act* gets its title on the map. */
export const pickStep = (act) => pick("Go to a step", matching(stepOptions()), ({ step }) => act(byLineage(step)));

/** Lets somebody choose where what is selected goes. */
export function pickPlace() {
  if (!mayEdit()) return;
  const element = active();
  if (kindOf(element) === "step") {
    const lineage = element.dataset.lineage;
    const places = placesFor("step", lineage).map((place) => ({ label: wordsFor("step", place), place }));
    pick("Move the step", matching(places), ({ place }) => putLine("step", lineage, place));
    return;
  }
  const lineages = subjects();
  const lane = laneOf(cellOf(byLineage(lineages[0]))).dataset.lineage;
  pick("Move to a step", matching(stepOptions()), ({ step }) => putItems(lineages, { lane, step }));
}

const lanesBeside = (lineage) => lanes().filter((lane) => lane !== laneOf(byLineage(lineage)) && takes(cellAt(lane.dataset.lineage, cellOf(byLineage(lineage)).dataset.step), lineage));

/** Whether there is another lane that takes what is selected. */
export const hasLaneBeside = () => subjects().length > 0 && lanesBeside(subjects()[0]).length > 0;

/** Lets somebody choose another lane of the same kind for what is selected; each card stays at its step. */
export function pickOtherLane() {
  const lineages = subjects();
  const options = lanesBeside(lineages[0]).map((lane) => ({ label: textOf(lane.querySelector("th[scope=row]")), lane: lane.dataset.lineage }));
  pick("Move to a lane", matching(options), ({ lane }) => putItems(lineages, { lane }));
}

/** Lets somebody choose a colour for what is selected. */
export function pickColour(lineages) {
  const found = fromServer("colour");
  const look = async (q) => (await found(q)).map((one) => ({ ...one, look: one.values.colour && `persona-${one.values.colour}` }));
  pick("Colour", look, ({ values }) => setAll("colour", values.colour, lineages));
}

/** Lets somebody choose a kind of lane; it is made below the one that one is in. */
export const pickLane = () => pick("What kind of lane?", fromServer("lane"), ({ values }) => addLane(values));

/** Lets somebody choose a persona whose way the map is to show, or make one by a new name and its kind. */
export const pickPersona = () => pick("Whose way? Type a new name to make a persona", fromServer("persona"), async (one) => {
  const found = one.creates ? await register(one) : one;
  if (found) addPersona(found.values, found.label);
});
