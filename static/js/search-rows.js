// A search field marked by `data-search-rows` and the rows below it: arrows go down into the rows
// and back up, Enter in the field opens the first one.

const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")];

/** Puts the focus on a row, or back into the field. */
function move(to, field) {
  if (!to) return field.focus();
  to.tabIndex = -1;
  to.focus();
  to.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const field = document.querySelector("[data-search-rows]");
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const all = rows();
  const at = all.indexOf(document.activeElement?.closest?.("tr"));
  const isInField = event.target === field;
  if (event.key === "ArrowDown" && (isInField || at >= 0) && all.length) {
    move(all[Math.min(at + 1, all.length - 1)], field);
    event.preventDefault();
  } else if (event.key === "ArrowUp" && at >= 0) {
    move(all[at - 1], field);
    event.preventDefault();
  }
});
