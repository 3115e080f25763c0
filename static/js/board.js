// A board of cards in columns: dragging them, moving them with the arrow keys on their handle, or choosing
// the column in the card. What the server does not take goes back. In lanes by owner, and of opportunities by
// goal, a card goes from lane to lane as well, which changes that; in others it stays. What stands in several
// lanes moves over the columns of all of them.

const STARTS_AT_PX = 5;
let drag = null;

// Whoever chooses a column need not press a button as well.
document.documentElement.classList.add("is-scripted");

const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
const columns = (card) => [...card.closest("[data-board]").querySelectorAll("[data-board-column]")];
const columnOf = (card) => card.closest("[data-board-column]");
const laneOf = (element) => element.closest("[data-board]");
const lanes = () => [...document.querySelectorAll("[data-board-by]")];
const isLaned = (element) => laneOf(element)?.dataset.boardBy !== undefined;
const twinsOf = (card) => [...document.querySelectorAll(`[data-board-card="${card.dataset.boardCard}"]`)].filter((one) => one !== card);

function say(words) {
  const status = document.querySelector("[data-board-status]");
  if (status) status.textContent = words;
}

/** Shows a card in a column of its lane: at its end, or before *next*; the same card in other lanes follows. */
function show(card, column, next = null) {
  lay(card, column, next);
  for (const twin of twinsOf(card)) {
    const there = columns(twin).find((one) => one.dataset.boardColumn === column.dataset.boardColumn);
    if (columnOf(twin) !== there) lay(twin, there);
  }
}

/** Puts one card into a column; counts and the card's own choice follow. */
function lay(card, column, next = null) {
  const list = column.querySelector("[data-board-list]");
  list.insertBefore(card, next?.parentElement === list ? next : null);
  const choice = card.querySelector(".board-move select[data-of=status]");
  if (choice) choice.value = column.dataset.boardColumn;
  const lane = card.querySelector(".board-move select[data-of=lane]");
  if (lane) lane.value = laneOf(column).dataset.boardLane;
  recount();
}

function recount() {
  for (const count of document.querySelectorAll("[data-board-count], [data-lane-count]")) {
    const inside = count.closest(count.dataset.laneCount === undefined ? "[data-board-column]" : ".board-lane");
    count.textContent = inside.querySelectorAll("[data-board-list] > li").length;
  }
}

/** What differs between where a card was and where it is, as operations of one batch. */
function operations(card, before) {
  const column = columnOf(card);
  const batch = crypto.randomUUID();
  const sets = (field, value) => ({ id: crypto.randomUUID(), batch, op: "set", lineage: card.dataset.boardCard, field, value });
  const found = [];
  if (column.dataset.boardColumn !== before.column.dataset.boardColumn) found.push(sets("status", column.dataset.boardColumn));
  if (laneOf(column) !== laneOf(before.column)) found.push(sets("owner", laneOf(column).dataset.boardLane || null));
  return found;
}

/** The goal that a card leaves and the one it comes to, with its column, as the server reads them. */
function goals(card, before) {
  const column = columnOf(card);
  const told = { before: laneOf(before.column).dataset.boardLane, after: laneOf(column).dataset.boardLane };
  return new URLSearchParams({ ...told, status: column.dataset.boardColumn });
}

/** Sends where a card went; nothing where it stands as it did. */
function sent(card, before) {
  const isOfGoals = laneOf(card).dataset.boardBy === "goal" && laneOf(card) !== laneOf(before.column);
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  if (isOfGoals) return fetch(card.dataset.goalUrl, { method: "POST", body: goals(card, before), headers });
  const ops = operations(card, before);
  headers["Content-Type"] = "application/json";
  return ops.length ? fetch(card.dataset.opsUrl, { method: "POST", body: JSON.stringify(ops), headers }) : null;
}

/** What stands in a lane once stays there once, and for no goal only what has none: the card gives way. */
function settle(card) {
  if (laneOf(card).dataset.boardBy !== "goal") return;
  const twins = twinsOf(card);
  const other = twins.find((one) => laneOf(one) === laneOf(card)) ?? (laneOf(card).dataset.boardLane ? null : twins[0]);
  if (!other) return;
  const hadFocus = card.contains(document.activeElement);
  card.remove();
  if (hadFocus) other.querySelector("[data-board-handle]")?.focus();
  recount();
}

/** Saves the column and the lane that a card is in; puts it back where the server does not take it. */
async function save(card, before) {
  const asked = sent(card, before);
  if (!asked) return;
  const answer = await asked.catch(() => null);
  if (answer?.ok && !answer.redirected) {
    const column = columnOf(card);
    const lane = isLaned(card) ? `, ${laneOf(card).dataset.words}` : "";
    say(`${card.dataset.title} is in ${column.dataset.words}${lane} now. Saved.`);
    settle(card);
    return;
  }
  show(card, before.column, before.next);
  const told = await answer?.json().catch(() => null);
  const words = told?.message ?? `${card.dataset.title} could not be moved. Reload the page and try again.`;
  say(words);
  document.dispatchEvent(new CustomEvent("toast", { detail: { words, is_bad: true } }));
}

const beside = (all, one, step) => all[all.indexOf(one) + step];
/** The column of the same status in a lane. */
const inLane = (card, lane) => lane?.querySelector(`[data-board-column="${columnOf(card).dataset.boardColumn}"]`);
const placeOf = (card) => ({ column: columnOf(card), next: card.nextElementSibling });

document.addEventListener("keydown", (event) => {
  const handle = event.target.closest?.("[data-board-handle]");
  const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const down = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!handle || !(across || (down && isLaned(handle))) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const card = handle.closest("[data-board-card]");
  const to = across ? beside(columns(card), columnOf(card), across) : inLane(card, beside(lanes(), laneOf(card), down));
  if (!to) {
    say(`${card.dataset.title} is in the ${(across ?? down) > 0 ? "last" : "first"} ${across ? "column" : "lane"}.`);
    return;
  }
  const before = placeOf(card);
  show(card, to);
  handle.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  save(card, before);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest?.(".board-move");
  if (!form) return;
  const card = form.closest("[data-board-card]");
  const before = placeOf(card);
  const to = event.target.dataset.of === "lane"
    ? inLane(card, lanes().find((lane) => lane.dataset.boardLane === event.target.value))
    : columns(card).find((one) => one.dataset.boardColumn === event.target.value);
  show(card, to);
  event.target.focus();
  save(card, before);
});

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("[data-board-card]");
  const isHandle = event.target.closest?.("[data-board-handle]");
  const isElsewhere = event.target.closest?.("a, select, .board-move");
  if (!card || event.button !== 0 || (!isHandle && (isElsewhere || event.pointerType !== "mouse"))) return;
  drag = { card, before: placeOf(card), from: [event.clientX, event.clientY], isMoved: false };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const far = Math.hypot(event.clientX - drag.from[0], event.clientY - drag.from[1]);
  if (!drag.isMoved && far < STARTS_AT_PX) return;
  drag.isMoved = true;
  drag.card.classList.add("is-held");
  getSelection()?.removeAllRanges();
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-board-column]");
  const isOpen = over && (laneOf(over) === laneOf(drag.card) || (isLaned(over) && isLaned(drag.card)));
  if (isOpen && over !== columnOf(drag.card)) show(drag.card, over);
});

function drop(event) {
  if (!drag) return;
  const { card, before, isMoved } = drag;
  drag = null;
  card.classList.remove("is-held");
  if (!isMoved) return;
  if (event.type === "pointercancel") show(card, before.column, before.next);
  else save(card, before);
}

document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);
