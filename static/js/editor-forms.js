// Forms that save themselves: every `form[data-op]` of a page that is edited, and its undo and redo.

import { settle } from "./editor-asking.js";
import { tell, toast, token } from "./change-queue.js";

const PAUSE_MS = 800;
const AT_ONCE = "select, [type=radio], [type=checkbox], [data-at-once]";

/** The field that a form sets; empty for one that does something else. */
const about = (form) => (form.elements.op.value === "set"
  ? `${form.elements.lineage.value} ${form.elements.field.value}` : "");
const isChanged = (control) => (control.matches("select")
  ? [...control.options].some((option) => option.selected && !option.defaultSelected)
    && [...control.options].some((option) => option.defaultSelected)
  : control.matches("input, textarea") && control.type !== "hidden" && control.value !== control.defaultValue);
const isTypedIn = (form) => form.elements.op.value === "set" && [...form.elements].some(isChanged);

/** Gives the change that a form asks for, with an id of its own. */
function change(form) {
  const fields = Object.fromEntries(new FormData(form));
  delete fields.csrfmiddlewaretoken;
  delete fields.next;
  fields.id = crypto.randomUUID();
  if (fields.op === "create" && !fields.lineage) fields.lineage = crypto.randomUUID();
  return { url: form.getAttribute("action"), fields, about: about(form), refreshes: form.matches("[data-refreshes]") };
}

/** The forms of the page *root*; what they change goes into *queue*, *refresh* brings the page up to date. */
export class EditedForms {
  // Forms that are about to save themselves, and when a field was typed in last.
  #timers = new Map();
  #touched = new Map();

  constructor(root, { queue, refresh }) {
    Object.assign(this, { root, queue, refresh });
  }

  get all() {
    return [...this.root.querySelectorAll("form[data-op]")];
  }

  /** Lists the forms that set a field, as a change names it. */
  about(what) {
    return this.all.filter((form) => about(form) === what);
  }

  /** Whether what a form shows must stay: it is typed in, or not sent yet, or refused. */
  isBusy(form) {
    return form.contains(document.activeElement) || this.#timers.has(form) || this.queue.has(about(form))
      || form.querySelector("[data-item] [aria-invalid]") !== null;
  }

  /** Whether a form was typed in after a moment of `performance.now()`. */
  wasTouched(form, since) {
    return this.#touched.get(about(form)) >= since;
  }

  /** Takes note that a change was done as operation *seq*. */
  remember(item, seq) {
    for (const form of seq && item.about ? this.about(item.about) : []) {
      if (form.elements.base_rev) form.elements.base_rev.value = seq;
    }
  }

  /** Lets the person decide where a change was refused, or says why. */
  refused(answer, item) {
    return settle(answer, item, {
      add: (one) => this.queue.add(one),
      refresh: this.refresh,
      refuse: (words) => {
        tell(`Not saved: ${words}`, true);
        for (const form of this.about(item.about)) form.querySelector("[name^=value]")?.setAttribute("aria-invalid", "true");
        return item.fields.op === "set" ? undefined : this.refresh();
      },
    });
  }

  /** Saves all that was typed and not saved yet. */
  saveAll() {
    [...this.#timers.keys()].forEach((form) => this.#save(form));
  }

  #save(form) {
    clearTimeout(this.#timers.get(form));
    this.#timers.delete(form);
    this.#touched.set(about(form), performance.now());
    for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    this.queue.add(change(form));
  }

  /** Undoes or redoes; where somebody else changed the same, the page that asks is shown. */
  async stepBack(form) {
    this.saveAll();
    await this.queue.send();
    const body = new URLSearchParams({ batch: crypto.randomUUID() });
    const headers = { Accept: "application/json", "X-CSRFToken": token() };
    const answer = await fetch(form.getAttribute("action"), { method: "POST", headers, body }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (!answer?.ok || !told) return tell(`Not undone: ${told?.message ?? "try again in a moment"}`, true);
    if (told.clashes.length) return HTMLFormElement.prototype.submit.call(form);
    if (told.is_empty) return toast("There is nothing left to take back.");
    return this.refresh();
  }

  /** Begins to watch; what was typed before this script had come is saved now. */
  watch() {
    document.documentElement.classList.add("is-scripted");
    document.addEventListener("input", (event) => this.#typed(event));
    document.addEventListener("change", (event) => {
      const form = event.target.closest("form[data-op]");
      if (form?.elements.op.value === "set" && (this.#timers.has(form) || event.target.matches(AT_ONCE))) this.#save(form);
    });
    document.addEventListener("focusout", (event) => {
      const form = event.target.closest?.("form[data-op]");
      if (form && this.#timers.has(form)) this.#save(form);
    });
    document.addEventListener("submit", (event) => this.#submitted(event));
    addEventListener("online", () => this.queue.send());
    addEventListener("pagehide", () => this.saveAll());
    this.all.filter(isTypedIn).forEach((form) => this.#save(form));
  }

  #typed(event) {
    const form = event.target.closest("form[data-op]");
    if (form?.elements.op.value !== "set" || event.target.matches(AT_ONCE)) return;
    this.#touched.set(about(form), performance.now());
    clearTimeout(this.#timers.get(form));
    this.#timers.set(form, setTimeout(() => this.#save(form), PAUSE_MS));
  }

  #submitted(event) {
    const form = event.target;
    if (form.matches("form[data-undo]")) { event.preventDefault(); this.stepBack(form); }
    // A button of such a form may ask for something else than the operation.
    if (!form.matches("form[data-op]") || event.submitter?.matches("[data-plain]")) return;
    event.preventDefault();
    this.#save(form);
    if (form.elements.op.value === "create") form.reset();
  }
}
