// Opens and closes dialogs, and puts menus and explanations beside the button that opened them.

const GAP = 6;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    opener.closest("[popover]")?.hidePopover();
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog && !dialog.open) dialog.showModal();
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  if (event.target.tagName === "DIALOG") closeOutside(event);
});

/** Closes a dialog when its backdrop is pressed. */
function closeOutside(event) {
  const box = event.target.getBoundingClientRect();
  const isInside = event.clientX >= box.left && event.clientX <= box.right
    && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!isInside) event.target.close();
}

/** Places a popover below its button, or above it where there is no room. */
function place(popover) {
  const opener = document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);
  if (!opener || popover.classList.contains("more-menu")) return;
  const anchor = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = anchor.bottom + GAP;
  const top = below + height > innerHeight ? anchor.top - GAP - height : below;
  const left = Math.min(anchor.left, document.documentElement.getBoundingClientRect().right - width - GAP);
  popover.style.setProperty("top", `${Math.max(GAP, top)}px`);
  popover.style.setProperty("left", `${Math.max(GAP, left)}px`);
}

// `toggle` does not bubble: listen while it goes down.
document.addEventListener("toggle", (event) => {
  const popover = event.target;
  if (!popover.hasAttribute?.("popover") || event.newState !== "open") return;
  place(popover);
  if (popover.matches("[data-menu]")) popover.querySelector("a, button")?.focus();
}, true);

document.addEventListener("htmx:after:swap", (event) => {
  const popover = event.target.closest?.("[popover]:popover-open");
  if (popover) place(popover);
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[data-menu]");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const items = [...menu.querySelectorAll("a, button")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  event.preventDefault();
});
