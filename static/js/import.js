// The import wizard: a file can be dropped and is named; a column that moves takes the focus with it.

const form = document.querySelector("[data-upload]");
const drop = form?.querySelector("[data-drop]");
const input = form?.querySelector("[data-file]");
const chosen = form?.querySelector("[data-chosen]");

/** Says the name and size of the chosen file. */
function tell() {
  const file = input.files[0];
  chosen.textContent = file ? `${file.name}, ${(file.size / 1e6).toFixed(1)} MB` : "";
}

if (drop) {
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    tell();
  });
  input.addEventListener("change", tell);
  form.addEventListener("submit", () => {
    if (input.files[0]) chosen.textContent = `${input.files[0].name} is being sent…`;
  });
}

let asked = "";
let unfolded = [];

/** Tells what is folded apart by the first field in it. */
function key(details) {
  return details.querySelector("[name]")?.name;
}

/** Lists what can be folded in the form of the columns. */
function folds() {
  return [...document.querySelectorAll("#import-columns-form details")];
}

document.addEventListener("change", (event) => {
  if (event.target.matches("#import-columns-form select[hx-post]")) asked = event.target.name;
});
document.addEventListener("htmx:before:swap", () => {
  unfolded = folds().filter((one) => one.open).map(key);
});
document.addEventListener("htmx:after:swap", () => {
  // What a person has opened stays open when the form comes anew.
  for (const one of folds()) one.open ||= unfolded.includes(key(one));
  if (asked && document.activeElement === document.body) document.getElementsByName(asked)[0]?.focus();
  asked = "";
});
