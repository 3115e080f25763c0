// The panel of comments: Control and Enter send, an @ offers names, and nothing that was typed is lost.

const KEPT = "wayfare-comment";
const BEGUN_NAME = /(?:^|[^\w@.])@([^@\n]{0,40})$/u;
const MOST_NAMES = 8;

const formOf = (element) => element.closest?.("[data-comment-form]");
const keyOf = (form) => `${KEPT} ${location.pathname} ${form.dataset.commentForm}`;

/** Puts back what was typed and not sent, and goes to the thread that was asked for. */
function arrive() {
  const comments = document.querySelector("[data-comments]");
  if (!comments) return;
  for (const form of comments.querySelectorAll("[data-comment-form]")) {
    const kept = sessionStorage.getItem(keyOf(form));
    const field = form.elements.body;
    if (kept === null || kept === field.value || field.matches("[aria-invalid]")) continue;
    field.value = kept;
    form.closest("details")?.setAttribute("open", "");
  }
  const refused = comments.querySelector("textarea[aria-invalid]");
  const target = refused ?? comments.querySelector("[data-comments-focus]");
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: "nearest" });
}

class Mentions {
  #field;
  #list;
  #chosen = 0;

  constructor(field) {
    this.#field = field;
    this.#list = document.createElement("ul");
    this.#list.className = "mention-list";
    this.#list.id = `${field.id}-names`;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", "Whom to name");
    field.after(this.#list);
    field.setAttribute("aria-controls", this.#list.id);
    field.setAttribute("aria-autocomplete", "list");
    // Before the field loses the focus.
    this.#list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option) this.#take(option.textContent);
    });
  }

  get isOpen() {
    return this.#list.childElementCount > 0;
  }

  /** Offers the names that begin like what stands behind the last @. */
  offer() {
    const begun = this.#begun();
    const names = begun === null ? [] : namesLike(begun);
    this.#chosen = 0;
    this.#list.replaceChildren(...names.map((name, place) => {
      const option = document.createElement("li");
      option.id = `${this.#list.id}-${place}`;
      option.setAttribute("role", "option");
      option.textContent = name;
      return option;
    }));
    this.#mark();
  }

  close() {
    this.#list.replaceChildren();
    this.#mark();
  }

  /** Takes a key while names are offered; tells whether it did. */
  press(key) {
    const options = [...this.#list.children];
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.#chosen = (this.#chosen + (key === "ArrowDown" ? 1 : options.length - 1)) % options.length;
      this.#mark();
    } else if (key === "Enter" || key === "Tab") {
      this.#take(options[this.#chosen].textContent);
    } else if (key === "Escape") {
      this.close();
    } else {
      return false;
    }
    return true;
  }

  #begun() {
    const before = this.#field.value.slice(0, this.#field.selectionStart);
    return BEGUN_NAME.exec(before)?.[1] ?? null;
  }

  #take(name) {
    const end = this.#field.selectionStart;
    this.#field.setRangeText(`${name} `, end - this.#begun().length, end, "end");
    this.close();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }

  #mark() {
    const options = [...this.#list.children];
    options.forEach((option, place) => option.setAttribute("aria-selected", place === this.#chosen));
    const chosen = options[this.#chosen];
    if (chosen) this.#field.setAttribute("aria-activedescendant", chosen.id);
    else this.#field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }
}

/** Lists the names of which some word begins with *begun*; none once a whole name stands there. */
function namesLike(begun) {
  const wanted = begun.toLocaleLowerCase();
  const names = [...document.querySelectorAll("[data-comment-names] li")].map((item) => item.textContent);
  const fits = (name) => name.toLocaleLowerCase().startsWith(wanted)
    || name.toLocaleLowerCase().split(" ").some((word) => wanted && word.startsWith(wanted));
  return names.filter(fits).slice(0, MOST_NAMES);
}

const mentions = new WeakMap();

function mentionsOf(field) {
  if (!mentions.has(field)) mentions.set(field, new Mentions(field));
  return mentions.get(field);
}

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (!form || event.target.name !== "body") return;
  if (event.target.value === event.target.defaultValue) sessionStorage.removeItem(keyOf(form));
  else sessionStorage.setItem(keyOf(form), event.target.value);
  mentionsOf(event.target).offer();
});

document.addEventListener("keydown", (event) => {
  const form = formOf(event.target);
  if (!form || event.target.name !== "body") return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const offered = mentionsOf(event.target);
  if (offered.isOpen && offered.press(event.key)) {
    event.preventDefault();
    event.stopPropagation();
  }
}, true);

document.addEventListener("focusout", (event) => {
  if (mentions.has(event.target)) mentions.get(event.target).close();
});

// What was sent is not kept; without htmx the page that follows says so by not refusing it.
document.addEventListener("htmx:before:response", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  const form = formOf(sourceElement);
  if (form && response.status < 400) sessionStorage.removeItem(keyOf(form));
});

document.addEventListener("toggle", (event) => {
  const isOpened = event.newState === "open" && event.target.matches?.(".thread-reply, .comment-edit");
  if (isOpened && event.target.contains(document.activeElement)) {
    event.target.querySelector("textarea").focus();
  }
}, true);

document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.target?.matches?.("[data-panel]")) arrive();
});
arrive();
