// What was changed and is not sent yet: it waits in the browser's storage and goes out in order. Ids make it
// safe to send a thing twice.

const LONGEST_WAIT_MS = 30_000;
const SHORTEST_WAIT_MS = 1_000;

export const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
export const toast = (words, more = {}) => document.dispatchEvent(new CustomEvent("toast", { detail: { words, ...more } }));
const counted = (count) => `${count} ${count === 1 ? "change" : "changes"} kept`;

/** Says how saving goes; a screen reader hears it once a change. */
export function tell(words, isBad = false) {
  for (const status of document.querySelectorAll("[data-save-status]")) {
    if (status.textContent !== words) status.textContent = words;
    status.classList.toggle("is-bad", isBad);
  }
}

/** The change of an item that has an id and what it was typed over: a form's fields, or the first operation. */
export const typed = (item) => item.fields ?? item.ops[0];

/** Posts one item: the fields of a form as a form, a list of operations as JSON. */
function posted(item) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  if (item.ops) headers["Content-Type"] = "application/json";
  const body = item.ops ? JSON.stringify(item.ops)
    : new URLSearchParams(Object.entries(item.fields).filter(([, value]) => value != null));
  return fetch(item.url, { method: "POST", headers, body, redirect: "manual" });
}

/**
 * The changes of one page. An item is `{url, about, fields}` or `{url, about, ops}`: *about* names the one field
 * that it sets, or is empty; one that makes something else as well says `makes`.
 *
 * *done* hears each answer, *refused* gets what the server does not take and may ask the person, *signedOut* is
 * called where somebody has to sign in first, *rested* when nothing waits any more, with what was sent.
 */
export class ChangeQueue {
  #key = `wayfare-changes ${location.pathname}`;
  #isSending = false;
  #wait = SHORTEST_WAIT_MS;
  #timer = 0;
  #latest = new Map();
  #hooks;

  constructor(hooks) {
    this.#hooks = hooks;
    this.items = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
  }

  get isEmpty() {
    return !this.items.length;
  }

  /** Puts one change last, or in the place of one about the same field that was not sent yet. */
  add(item) {
    const place = item.about ? this.items.findLastIndex((one) => one.about === item.about) : -1;
    const before = this.items[place];
    const change = typed(item);
    if (before && !before.makes && !(place === 0 && this.#isSending)) {
      // The later text was typed over the same one as the earlier.
      change.base_rev = typed(before).base_rev;
      change.base_id = typed(before).base_id;
      this.items.splice(place, 1, item);
    } else {
      if (before) change.base_id = typed(before).id;
      else if (this.#latest.has(item.about)) change.base_rev = Math.max(Number(change.base_rev ?? 0), this.#latest.get(item.about));
      this.items.push(item);
    }
    this.#keep();
    return this.send();
  }

  /** Whether something about a field waits. */
  has(about) {
    return this.items.some((item) => item.about === about);
  }

  /** Sends what waits, in order; comes back to it by itself where the network or the server is away. */
  async send() {
    if (this.#isSending || this.isEmpty) return;
    this.#isSending = true;
    const sent = [];
    try {
      while (!this.isEmpty) {
        tell("Saving …");
        const [item] = this.items;
        const answer = await this.#post(item);
        if (!answer) return;
        this.items.shift();
        this.#keep();
        this.#wait = SHORTEST_WAIT_MS;
        if (answer.ok) await this.#remember(item, await answer.json(), sent);
        else await this.#hooks.refused(answer, item);
      }
    } finally {
      this.#isSending = false;
    }
    if (!document.querySelector("[data-save-status].is-bad")) tell("Saved");
    await this.#hooks.rested(sent);
  }

  async #remember(item, told, sent) {
    tell("Saved");
    const seq = told.done.findLast((one) => one.id === typed(item).id)?.seq ?? told.done.at(-1)?.seq;
    if (item.about && seq) this.#latest.set(item.about, seq);
    sent.push(item);
    await this.#hooks.done(item, told, seq);
  }

  /** Posts an item; null where it has to wait. */
  async #post(item) {
    const answer = await posted(item).catch(() => null);
    const isAway = answer?.type === "opaqueredirect";
    if (answer && !isAway && answer.status !== 429 && answer.status < 500) return answer;
    tell(isAway ? `Signed out, ${counted(this.items.length)}` : `Offline, ${counted(this.items.length)}`, true);
    if (isAway) this.#hooks.signedOut(() => this.send());
    const told = Number(answer?.headers.get("Retry-After")) * 1_000 || 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.send(), Math.max(this.#wait, told));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    return null;
  }

  #keep() {
    localStorage.setItem(this.#key, JSON.stringify(this.items));
  }
}
