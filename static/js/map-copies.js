// Copies of elements, in this map or another: the server tells what they are made of, new ids are given here.

import { change, creates, newId } from "./map-changes.js";
import { byLineage, cellOf, kindOf, laneOf, root, say, steps } from "./map-grid.js";

const MOST_AT_ONCE = 500;
const PLACES = ["step_from", "step_to"];
const ITEMS = ["contact", "role", "nested"];

/** Reads what elements of a map are made of, those that hold others with them; null where that fails. */
export async function read(url, lineages) {
  const answer = await fetch(`${url}?of=${lineages.join(",")}`, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? (await answer.json()).elements : null;
}

/** Does many operations as one step of undo. */
async function changeMany(ops, more) {
  const batch = newId();
  for (let start = 0; start < ops.length; start += MOST_AT_ONCE) {
    const isLast = start + MOST_AT_ONCE >= ops.length;
    await change(ops.slice(start, start + MOST_AT_ONCE), { batch, ...(isLast ? more : {}) });
  }
}

/** New elements like *elements*, that refer to each other as those do. */
function renewed(elements, place) {
  const ids = new Map(elements.map((one) => [one.lineage, newId()]));
  const stepId = (lineage) => ids.get(lineage) ?? lineage;
  // What goes behind the same element keeps its order: each behind the one before.
  const behind = new Map();
  return elements.map((one) => {
    const values = { ...one.values };
    for (const name of PLACES) if (name in values) values[name] = stepId(values[name]);
    const lineage = ids.get(one.lineage);
    const { parent, after } = ids.has(one.parent) ? { parent: ids.get(one.parent) } : place(one);
    const follows = behind.get(after) ?? after;
    if (after !== undefined) behind.set(after, lineage);
    return creates(one.kind, values, { parent, after: follows, lineage });
  });
}

/** Duplicates elements: each stands behind the one that it is a copy of. */
export async function duplicate(lineages) {
  const elements = await read(root.dataset.copiesUrl, lineages);
  if (!elements) return say("Not duplicated: the server could not be reached");
  const named = new Set(lineages);
  const ops = renewed(elements, (one) => ({ parent: one.parent, after: named.has(one.lineage) ? one.lineage : undefined }));
  return changeMany(ops, { to: ops[0].lineage, words: "Duplicated" });
}

/** Puts copies of cards into a cell, or of lanes, stages and steps behind the one that one is in. */
export async function pasteCopies(elements, element) {
  const [first] = elements;
  const cell = cellOf(element);
  const lane = laneOf(cell)?.dataset.lineage;
  if (first.kind === "lane") return pasteLane(elements, lane);
  if (first.kind === "stage" || first.kind === "step") return pasteSteps(elements, element);
  if (!cell?.matches("td[data-cell]")) return say("Go to a cell first, then paste");
  const moved = elements.map((one) => (ITEMS.includes(one.kind) ? one
    : { ...one, values: { ...one.values, step_from: cell.dataset.step, step_to: cell.dataset.step } }));
  const ops = renewed(moved, (one) => ({ parent: ITEMS.includes(one.kind) ? cell.dataset.step : lane }));
  return changeMany(ops, { to: ops[0].lineage, words: `${ops.length} pasted` });
}

/** A lane goes with its cards; those of another map lie at the steps of the same number. */
function pasteLane(elements, after) {
  const here = steps().map((step) => step.dataset.lineage);
  const stepHere = (lineage, number) => (byLineage(lineage) ? lineage : here[Math.min(number, here.length - 1)]);
  const fitted = elements.map((one) => (one.kind !== "card" ? one : {
    ...one,
    values: { ...one.values, step_from: stepHere(one.values.step_from, one.numbers[0]), step_to: stepHere(one.values.step_to, one.numbers[1]) },
  }));
  const ops = renewed(fitted, () => ({ parent: root.dataset.map, after }));
  return changeMany(ops, { to: ops[0].lineage, words: "Lane pasted" });
}

/** Stages and steps go with what lies at them; cards only into lanes that are here, too. */
function pasteSteps(elements, element) {
  const step = kindOf(element) === "step" ? element : steps().find((one) => one.dataset.lineage === cellOf(element)?.dataset.step) ?? steps().at(-1);
  const isStage = elements[0].kind === "stage";
  const kept = elements.filter((one) => one.kind !== "card" || byLineage(one.parent));
  const place = (one) => {
    if (one.kind === "card") return { parent: one.parent };
    return isStage ? { parent: root.dataset.map, after: step.dataset.stage } : { parent: step.dataset.stage, after: step.dataset.lineage };
  };
  const ops = renewed(kept, place);
  const left = elements.length - kept.length;
  return changeMany(ops, { to: ops[0].lineage, words: left ? `Pasted without ${left} cards, whose lanes are not here` : "Pasted" });
}
