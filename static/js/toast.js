// Short answers at the bottom right. The server sends `HX-Trigger: {"toast": {"words", "undo_url", "is_bad"}}`.

const LIFE_MS = 10_000;
const list = document.querySelector("[data-toasts]");
const template = document.getElementById("toast-template");

/** Lets a toast go after ten seconds, but not while somebody points at it or has the focus in it. */
function age(toast) {
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    toast.remove();
  }, LIFE_MS);
}

/** Shows one more toast, with an Undo button when there is something to undo. */
function show({ words, undo_url: undo, is_bad: isBad }) {
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("span").textContent = words;
  toast.classList.toggle("is-bad", Boolean(isBad));
  const form = toast.querySelector("form");
  if (undo) {
    form.action = undo;
    form.hidden = false;
    form.elements.csrfmiddlewaretoken.value = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
  } else {
    form.remove();
  }
  list.append(toast);
  age(toast);
}

if (list) {
  list.querySelectorAll("[data-toast]").forEach(age);
  document.addEventListener("toast", (event) => show(event.detail));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-toast-close]")) event.target.closest("[data-toast]").remove();
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.sourceElement?.matches("[data-poll]")) return;
    show({ words: "The server could not be reached. Look whether your change was saved.", is_bad: true });
  });
}
