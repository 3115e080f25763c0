// The side panel: takes the focus when it opens, gives it back when Escape or its cross closes it.

const panel = document.querySelector("[data-panel]");
let opener = null;

const closeLink = () => panel.querySelector("[data-panel-close]");

/** Empties the panel, puts the list's own address back and returns to where one was. */
function close(event) {
  const link = closeLink();
  if (!link || !opener) return; // The page was loaded with the panel open: the link itself leads back.
  event.preventDefault();
  history.pushState(null, "", link.href);
  panel.replaceChildren();
  const place = opener.isConnected ? opener : document.getElementById(opener.id);
  (place ?? document.getElementById("main")).focus();
  opener = null;
}

if (panel) {
  document.addEventListener("htmx:before:request", (event) => {
    const { sourceElement, target } = event.detail.ctx;
    if (target === panel && !panel.contains(sourceElement)) opener = sourceElement;
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.target === panel && !panel.contains(document.activeElement)) panel.focus();
  });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-panel-close]")) close(event);
  });
  document.addEventListener("keydown", (event) => {
    const isElsewhere = document.querySelector("dialog[open], [popover]:popover-open");
    if (event.key !== "Escape" || isElsewhere || event.defaultPrevented) return;
    closeLink()?.click();
  });
}
