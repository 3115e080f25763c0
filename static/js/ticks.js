// Ticks of the rows of a table: all of a page at once, and how many there are.

const ticks = () => [...document.querySelectorAll("[data-rows] tbody [type=checkbox]")];

document.addEventListener("change", (event) => {
  const all = document.querySelector("[data-tick-all]");
  if (event.target === all) for (const tick of ticks()) tick.checked = all.checked;
  else if (!ticks().includes(event.target)) return;
  const count = ticks().filter((tick) => tick.checked).length;
  all.checked = count > 0 && count === ticks().length;
  all.indeterminate = count > 0 && count < ticks().length;
  document.querySelector("[data-ticked]").textContent = count ? `: ${count}` : "";
});
