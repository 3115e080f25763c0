// The page of a persona, beside what static/js/editor.js does: rows of traits and links that grow and
// go, Enter that leads to the next line, and a focus that stays where one was working.

import { tell } from "./change-queue.js";

const texts = (item) => [...item.querySelectorAll("input:not([type=range]), textarea")];
const isEmpty = (item) => texts(item).every((input) => !input.value.trim());
const isRight = (input) => Boolean(input.value.trim()) && input.validity.valid;
const isWhole = (item) => isEmpty(item) || texts(item).every(isRight);

/** Adds an empty row after *last*, with the next number in the names of its controls. */
function addRow(last) {
  const row = last.cloneNode(true);
  for (const input of row.querySelectorAll("input, textarea")) {
    input.name = input.name.replace(/\.(\d+)\./, (_, number) => `.${Number(number) + 1}.`);
    input.ariaLabel = input.ariaLabel.replace(/\d+/, (number) => Number(number) + 1);
    input.value = input.type === "range" ? 50 : "";
  }
  row.querySelectorAll("button, a").forEach((part) => part.remove());
  last.after(row);
}

// Before the editor hears of it: half a trait or half a link is not saved yet.
document.addEventListener("input", (event) => {
  const item = event.target.closest("[data-item]");
  if (!item) return;
  const items = [...item.parentElement.querySelectorAll("[data-item]")];
  if (!items.every(isWhole)) event.stopPropagation();
  else if (!isEmpty(items.at(-1))) addRow(items.at(-1));
}, true);

// Whoever leaves half of one behind is told what it lacks.
document.addEventListener("focusout", (event) => {
  const item = event.target.closest?.("[data-item]");
  if (!item || item.contains(event.relatedTarget) || isWhole(item)) return;
  for (const input of texts(item).filter((one) => !isRight(one))) input.setAttribute("aria-invalid", "true");
  tell(`Not saved: ${item.dataset.needs}`, true);
});

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-clears]")?.closest("[data-item]");
  if (!item) return;
  for (const input of texts(item)) input.value = "";
  item.hidden = true;
  const next = [...item.parentElement.querySelectorAll("[data-item]:not([hidden])")].at(-1);
  texts(next)[0].focus();
  texts(item)[0].dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!event.target.matches(".is-statement textarea, .is-tagline textarea, .is-quote textarea, .trait textarea")) return;
  event.preventDefault();
  const next = event.target.closest(".persona-section")?.querySelector(".add-statement [name='value.text']");
  if (next) next.focus(); else event.target.blur();
});

// While the page is renewed, what has the focus stays as it is: so it waits beside the form meanwhile.
let back = null;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-op]")) return;
  form.closest("[popover]")?.hidePopover();
  const statement = form.closest(".statement");
  if (form.elements.op.value === "delete") {
    const near = statement
      ? statement.closest(".persona-section").querySelector(".add-statement [name='value.text']")
      : document.getElementById("add-section");
    near?.focus();
  } else if (form.elements.op.value === "move" && statement) {
    back = form.id;
    statement.querySelector("[data-drag-handle]").focus();
  }
});

document.addEventListener("htmx:after:swap", (event) => {
  if (!back || event.detail.ctx?.target?.id !== "document") return;
  const form = document.getElementById(back);
  const isLast = !form || form.hidden;
  (isLast ? form?.closest(".statement")?.querySelector("[data-drag-handle]") : form.querySelector("button"))?.focus();
  back = null;
});
