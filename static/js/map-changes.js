// Changing the map: what a person does is one batch of operations; the answer brings the parts that changed.

import { ChangeQueue, toast } from "./change-queue.js";
import { ask, askToSignIn, settle as settleRefusal, showRefused } from "./editor-asking.js";
import { EditedForms } from "./editor-forms.js";
import { isHere, settle, visitsSoFar } from "./map-focus.js";
import { lanesNear, root, say } from "./map-grid.js";

export const newId = () => crypto.randomUUID();
export const mayEdit = () => Boolean(root.dataset.opsUrl);
// A guest draws with what is on the map; members take from the workspace, and those who edit journeys add to it.
export const mayTake = () => root.dataset.mayTake !== undefined;
export const mayAdd = () => root.dataset.mayAdd !== undefined;
export const head = () => Number(root.dataset.head);

// What to go to when the answer to a batch is shown, by the batch.
const wanted = new Map();
let answers = 0;
let catchUp = async () => {};

/** The page's own query: how the map is looked at, and of a big one what of it is before somebody. */
export function look() {
  const query = new URLSearchParams(location.search);
  query.delete("of");
  if (root.dataset.isCut !== undefined) query.set("near", lanesNear().map((lane) => lane.dataset.lineage).join(","));
  return query;
}

/** How often the map was changed by an answer; what was on its way meanwhile is old. */
export const answersSoFar = () => answers;

/** Shows changed parts of the map; the focus and the selection stay, or go to the lineage *to*. */
export async function show(html, to = "") {
  if (html) {
    const wasHere = isHere();
    await window.htmx.swap({ text: html, sourceElement: root, target: root, swap: "none" });
    settle(wasHere, to);
  }
  document.dispatchEvent(new CustomEvent("map-changed"));
}

async function done(item, told, seq) {
  answers += 1;
  forms.remember(item, seq);
  if (told.overridden?.length) toast("Somebody else had changed this meanwhile; yours holds now.");
  // What a form changed is not on the map yet: it comes with the next look.
  if (!item.ops) return;
  if (told.head === head() + told.done.length) root.dataset.head = told.head;
  const { to, since } = wanted.get(item.ops[0].batch) ?? {};
  wanted.delete(item.ops[0].batch);
  await show(told.html, since === visitsSoFar() ? to : "");
  // More was done than was asked for: cards and ways that lay at a step that went.
  const more = told.done.length > item.ops.length ? "; what lay there was moved, shortened or deleted, too" : "";
  if (item.words) announce({ ...item, words: item.words + more });
}

/** Says what was done; what was deleted can be brought back from there. */
function announce({ words, undoes }) {
  say(words);
  if (!undoes) return;
  for (const old of document.querySelectorAll("[data-toasts] form[action]")) old.closest("[data-toast]").remove();
  const form = document.querySelector("form[data-undo=undo]");
  toast(words, { undo_url: form?.getAttribute("action") });
}

const textIn = (item) => item.ops.flatMap((one) => [one.value, one.value?.values?.text, one.value?.values?.title])
  .filter((value) => typeof value === "string" && value.length > 1).join("\n");

function refused(answer, item) {
  if (item.fields) return forms.refused(answer, item);
  return settleRefusal(answer, item, {
    add: (one) => queue.add(one),
    refresh: () => catchUp(),
    refuse: async (words) => {
      showRefused(words, textIn(item));
      await catchUp({ isWhole: true });
    },
  });
}

export const queue = root && new ChangeQueue({
  done,
  refused,
  signedOut: askToSignIn,
  rested: async (sent) => {
    if (sent.some((item) => item.fields)) await catchUp();
    if (queue.isEmpty) delete root.dataset.unsaved;
  },
});
export const forms = root && new EditedForms(document, { queue, refresh: () => catchUp() });

/** Lets *look* bring the map up to date where somebody else knows more. */
export function catchUpBy(look) {
  catchUp = look;
}

/**
 * Does *ops* as one batch. *about* is `<lineage> <field>` for one text; *to* is the lineage to go to then, *words*
 * what is said, *undoes* offers to take it back.
 */
export function change(ops, { about = "", to = "", batch = newId(), makes = false, words = "", undoes = false } = {}) {
  if (!ops.length || !mayEdit()) return Promise.resolve();
  if (to) wanted.set(batch, { to, since: visitsSoFar() });
  root.dataset.unsaved = "";
  const dressed = ops.map((one) => ({ id: newId(), batch, ...one }));
  return queue.add({ url: `${root.dataset.opsUrl.split("?")[0]}?${look()}`, ops: dressed, about, makes, words, undoes });
}

export const creates = (kind, values, { parent = "", after, lineage = newId() } = {}) => ({
  op: "create",
  lineage,
  kind,
  value: { values, ...(parent ? { parent } : {}), ...(after === undefined ? {} : { after }) },
});
export const sets = (lineage, field, value) => ({ op: "set", lineage, field, value });
export const moves = (lineage, parent, after) => ({ op: "move", lineage, value: { parent, ...(after === undefined ? {} : { after }) } });
export const deletes = (lineage) => ({ op: "delete", lineage });

/** Undoes, or redoes, one's own last batch; *to* is where one would be then. */
export async function stepBack(name, to = "") {
  const form = document.querySelector(`form[data-undo=${name}]`);
  if (!form) return;
  await forms.stepBack(form);
  if (to) settle(isHere(), to);
}

/** Asks before a stage goes with its last step. */
export function askForStage(words, act) {
  ask("The last step of its stage", words, "Remove the stage, too", act);
}

/** Begins to save: what waits from before is sent, and the Undo of a message is done in place. */
export function watchChanges() {
  forms.watch();
  document.addEventListener("submit", (event) => {
    const undo = document.querySelector("form[data-undo=undo]");
    if (!event.target.closest("[data-toast]") || event.target.getAttribute("action") !== undo?.getAttribute("action")) return;
    event.preventDefault();
    event.target.closest("[data-toast]").remove();
    stepBack("undo");
  });
  queue.send();
}
