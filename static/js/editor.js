// Editing a document: every `form[data-op]` in `[data-editor]` saves itself, one after the other, and
// nothing that was typed is lost. What is not sent yet waits in the browser's storage; ids make it safe
// to send a thing twice.

import { watchDrags } from "./editor-drag.js";
import { askAboutClash, askAboutGone } from "./editor-asking.js";

const PAUSE_MS = 800;
const POLL_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;
const editor = document.querySelector("[data-editor]");
const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";

/** Says how saving goes; a screen reader hears it once a change. */
export function tell(words, isBad = false) {
  for (const status of document.querySelectorAll("[data-save-status]")) {
    if (status.textContent !== words) status.textContent = words;
    status.classList.toggle("is-bad", isBad);
  }
}

class Queue {
  #key = `wayfare-changes ${location.pathname}`;
  #isSending = false;
  #wait = 1_000;
  #latest = new Map();

  constructor() {
    this.items = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
  }

  /** Puts one change last, or in the place of one about the same field that was not sent yet. */
  add(item) {
    const waiting = this.items.findIndex((one, place) => one.about === item.about && item.about
      && !(place === 0 && this.#isSending));
    if (waiting >= 0) {
      // The later text was typed over the same one as the earlier.
      item.fields.base_rev = this.items[waiting].fields.base_rev;
      item.fields.base_id = this.items[waiting].fields.base_id;
      this.items.splice(waiting, 1, item);
    } else {
      const before = item.about && this.items.findLast((one) => one.about === item.about);
      if (before) item.fields.base_id = before.fields.id;
      else if (this.#latest.has(item.about)) item.fields.base_rev = this.#latest.get(item.about);
      this.items.push(item);
    }
    this.#keep();
    return this.send();
  }

  has(about) {
    return this.items.some((item) => item.about === about);
  }

  #keep() {
    localStorage.setItem(this.#key, JSON.stringify(this.items));
  }

  #drop() {
    this.items.shift();
    this.#keep();
    this.#wait = 1_000;
  }

  /** Sends what waits, in order; comes back to it by itself where the network or the server is away. */
  async send() {
    if (this.#isSending || !this.items.length) return;
    this.#isSending = true;
    let isStructure = false;
    while (this.items.length) {
      tell("Saving …");
      const item = this.items[0];
      const answer = await this.#post(item);
      if (!answer) { this.#isSending = false; return; }
      this.#drop();
      if (answer.ok) {
        isStructure ||= item.fields.op !== "set" || item.refreshes;
        this.#remember(item, await answer.json());
      } else {
        await refused(answer, item);
      }
    }
    this.#isSending = false;
    if (!document.querySelector("[data-save-status].is-bad")) tell("Saved");
    if (isStructure) await refresh();
  }

  async #post(item) {
    const body = new URLSearchParams(Object.entries(item.fields).filter(([, value]) => value != null));
    const headers = { Accept: "application/json", "X-CSRFToken": token() };
    try {
      const answer = await fetch(item.url, { method: "POST", headers, body, redirect: "error" });
      if (answer.status !== 429 && answer.status < 500) return answer;
    } catch { /* Away: below. */ }
    const count = this.items.length;
    tell(`Offline, ${count} ${count === 1 ? "change" : "changes"} kept`, true);
    setTimeout(() => { this.send(); }, this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    return null;
  }

  #remember(item, told) {
    tell("Saved");
    const seq = told.done.at(-1)?.seq;
    if (item.about && seq) {
      this.#latest.set(item.about, seq);
      for (const form of formsAbout(item.about)) {
        if (form.elements.base_rev) form.elements.base_rev.value = seq;
      }
    }
    if (told.head === Number(editor.dataset.head) + told.done.length) editor.dataset.head = told.head;
    if (told.overridden.length) toast("Somebody else had changed this meanwhile; yours holds now.");
  }
}

const about = (form) => (form.elements.op.value === "set"
  ? `${form.elements.lineage.value} ${form.elements.field.value}` : "");
const formsAbout = (what) => [...editor.querySelectorAll("form[data-op]")].filter((form) => about(form) === what);
// Forms that are about to save themselves, and when a field was typed in last.
const timers = new Map();
const touched = new Map();
const isBusy = (form) => form.contains(document.activeElement) || timers.has(form) || queue.has(about(form))
  || form.querySelector("[data-item] [aria-invalid]") !== null;
const isChanged = (control) => (control.matches("select")
  ? [...control.options].some((option) => option.selected && !option.defaultSelected)
    && [...control.options].some((option) => option.defaultSelected)
  : control.matches("input, textarea") && control.type !== "hidden" && control.value !== control.defaultValue);
const isTypedIn = (form) => form.elements.op.value === "set" && [...form.elements].some(isChanged);
const toast = (words) => document.dispatchEvent(new CustomEvent("toast", { detail: { words } }));

/** Gives the change that a form asks for, with an id of its own. */
function change(form) {
  const fields = Object.fromEntries(new FormData(form));
  delete fields.csrfmiddlewaretoken;
  delete fields.next;
  fields.id = crypto.randomUUID();
  if (fields.op === "create" && !fields.lineage) fields.lineage = crypto.randomUUID();
  return { url: form.getAttribute("action"), fields, about: about(form), refreshes: form.matches("[data-refreshes]") };
}

/** Says why a change was not done, and lets the person decide where there is something to decide. */
async function refused(answer, item) {
  const told = await answer.json().catch(() => ({ message: "This is not there any more." }));
  if (told.code === "stale") return askAboutClash(told.clashes[0], (value, rev) => {
    if (value === null) return refresh();
    const mine = value === undefined ? {} : { value };
    return queue.add({ ...item, fields: { ...item.fields, ...mine, id: crypto.randomUUID(), base_rev: rev, base_id: null } });
  });
  if (told.code === "gone") return askAboutGone(item, () => {
    const restore = { id: crypto.randomUUID(), op: "restore", lineage: item.fields.lineage };
    queue.add({ url: item.url, fields: restore, about: "" });
    return queue.add({ ...item, fields: { ...item.fields, id: crypto.randomUUID() } });
  });
  tell(`Not saved: ${told.message}`, true);
  for (const form of formsAbout(item.about)) {
    form.querySelector("[name^=value]")?.setAttribute("aria-invalid", "true");
  }
  return item.fields.op === "set" ? undefined : refresh();
}

/** Brings the document up to date; what is being typed, or not sent yet, stays as it is. */
async function refresh() {
  const began = performance.now();
  const kept = [...editor.querySelectorAll("form[data-op]")].filter(isBusy);
  kept.forEach((form) => form.setAttribute("hx-morph-skip", ""));
  try {
    await window.htmx.ajax("GET", location.href, { target: "#document", select: "#document", swap: "outerMorph" });
    // A control that was typed in shows that text, whatever the page says since: put it back, unless
    // it was typed while the page was on its way.
    for (const form of editor.querySelectorAll("form[data-op]:not([hx-morph-skip])")) {
      if (!isBusy(form) && !(touched.get(about(form)) >= began)) form.reset();
    }
  } finally {
    kept.forEach((form) => form.removeAttribute("hx-morph-skip"));
  }
}

/** Looks what others did; not while the page is hidden, nor while something is held by the pointer. */
async function poll() {
  if (document.hidden || queue.items.length || document.querySelector(".is-held")) return;
  const answer = await fetch(`${editor.dataset.changesUrl}?after=${editor.dataset.head}`).catch(() => null);
  if (answer?.status !== 200 || answer.redirected) return;
  const told = await answer.json();
  editor.dataset.head = told.head;
  const theirs = told.changes.filter((one) => !one.is_mine);
  if (theirs.length) toast(`${theirs.at(-1).by} ${theirs.at(-1).words}`);
  await refresh();
}

/** Undoes or redoes; where somebody else changed the same, the page that asks is shown. */
async function stepBack(form) {
  await queue.send();
  const body = new URLSearchParams({ batch: crypto.randomUUID() });
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const answer = await fetch(form.getAttribute("action"), { method: "POST", headers, body }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (!answer?.ok || !told) return tell(`Not undone: ${told?.message ?? "try again in a moment"}`, true);
  if (told.clashes.length) return HTMLFormElement.prototype.submit.call(form);
  if (told.is_empty) return toast("There is nothing left to take back.");
  return refresh();
}

const queue = editor && new Queue();

function start() {
  document.documentElement.classList.add("is-scripted");
  const save = (form) => {
    clearTimeout(timers.get(form));
    timers.delete(form);
    touched.set(about(form), performance.now());
    for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    queue.add(change(form));
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-op]");
    if (form?.elements.op.value !== "set" || event.target.matches("select, [type=radio], [type=checkbox]")) return;
    touched.set(about(form), performance.now());
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), PAUSE_MS));
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-op]");
    if (form?.elements.op.value === "set" && (timers.has(form) || event.target.matches("select, [type=radio], [type=checkbox]"))) save(form);
  });
  document.addEventListener("focusout", (event) => {
    const form = event.target.closest?.("form[data-op]");
    if (form && timers.has(form)) save(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[data-undo]")) { event.preventDefault(); stepBack(form); }
    // A button of such a form may ask for something else than the operation.
    if (!form.matches("form[data-op]") || event.submitter?.matches("[data-plain]")) return;
    event.preventDefault();
    save(form);
    if (form.elements.op.value === "create") form.reset();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches("input, textarea")) return;
    const form = document.querySelector(event.shiftKey ? "form[data-undo=redo]" : "form[data-undo=undo]");
    if (form) { event.preventDefault(); stepBack(form); }
  });
  addEventListener("online", () => queue.send());
  addEventListener("pagehide", () => [...timers.keys()].forEach(save));
  watchDrags(editor, (lineage, parent, after) => queue.add({
    url: editor.dataset.changeUrl,
    fields: { id: crypto.randomUUID(), op: "move", lineage, parent, after: after ?? "" },
    about: "",
  }), refresh);
  setInterval(poll, POLL_MS);
  // What was typed before this script had come.
  [...editor.querySelectorAll("form[data-op]")].filter(isTypedIn).forEach(save);
  queue.send();
}

if (editor) start();
