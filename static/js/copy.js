// Copies the field, or the code, that a button names by `data-copies`, and says so.

const BY_HAND = "Your browser did not allow it: press Ctrl+C, the text is selected.";

/** Selects all of a field or of another element, so that it can be copied by hand too. */
function select(element) {
  if (element.select) element.select();
  else getSelection().selectAllChildren(element);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const element = document.getElementById(button.dataset.copies);
  select(element);
  const detail = await navigator.clipboard.writeText(element.value ?? element.textContent).then(
    () => ({ words: "Copied." }),
    () => ({ words: BY_HAND, is_bad: true }),
  );
  document.dispatchEvent(new CustomEvent("toast", { detail }));
});
