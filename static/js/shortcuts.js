// Single-key shortcuts: `g` then a letter, `/`, `?`, `n`, Escape elsewhere. They can be turned off.

const KEPT = "wayfare-shortcuts";
const PATIENCE_MS = 1200;
const toggle = document.querySelector("[data-shortcuts-switch]");
let pending = "";
let forget;

const areOn = () => localStorage.getItem(KEPT) !== "off";
const isTyping = (element) => element.matches?.("input, textarea, select, [contenteditable]");

/** What a key, or two in a row, does on this page; undefined for nothing. */
function actionOf(keys) {
  if (keys === "?") return () => document.getElementById("shortcuts")?.showModal();
  if (keys === "/") {
    const field = document.querySelector("[data-find]");
    return () => (field ? field.focus() : document.getElementById("palette")?.showModal());
  }
  const target = document.querySelector(`[data-shortcut="${CSS.escape(keys)}"]`);
  return target ? () => target.click() : undefined;
}

document.addEventListener("keydown", (event) => {
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  if (!areOn() || hasModifier || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const keys = pending ? `${pending} ${event.key}` : event.key;
  clearTimeout(forget);
  pending = "";
  const act = actionOf(keys);
  if (act) {
    event.preventDefault();
    act();
  } else if (event.key === "g") {
    pending = "g";
    forget = setTimeout(() => { pending = ""; }, PATIENCE_MS);
  }
});

if (toggle) {
  toggle.checked = areOn();
  toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));
}
