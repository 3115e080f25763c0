// A RACI matrix: choosing a part sends it at once; without scripts each cell has a button.

document.documentElement.classList.add("is-scripted");
document.addEventListener("change", (event) => {
  event.target.closest("form[data-raci]")?.requestSubmit();
});
