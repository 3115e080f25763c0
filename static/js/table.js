// Rows of a table marked by `data-rows`: j and k move, Enter opens the row's main link.

const isOff = () => localStorage.getItem("wayfare-shortcuts") === "off";
const isTyping = (element) => element.matches?.("input, textarea, select, [contenteditable]");

/** The row one is on, and its neighbours. */
function around(step) {
  const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
  const at = rows.indexOf(document.activeElement?.closest?.("tr"));
  return rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
}

document.addEventListener("keydown", (event) => {
  if (isOff() || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") {
    const row = around(event.key === "j" ? 1 : -1);
    if (!row) return;
    row.tabIndex = -1;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
    event.preventDefault();
  } else if (event.key === "Enter" && event.target.matches?.("[data-rows] tbody tr")) {
    event.target.querySelector("a")?.click();
  }
});
