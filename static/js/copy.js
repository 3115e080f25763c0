// Copies the field that a button names by `data-copies`, and says so.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  const detail = await navigator.clipboard.writeText(field.value).then(
    () => ({ words: "Copied." }),
    () => ({ words: "Your browser did not allow it: press Ctrl+C, the text is selected.", is_bad: true }),
  );
  document.dispatchEvent(new CustomEvent("toast", { detail }));
});
