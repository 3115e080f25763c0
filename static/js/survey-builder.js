// The builder of surveys: where the keys go when something was moved or taken away.

let back = null;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-op]")) return;
  if (form.elements.op.value === "move") back = form.id;
  // What has the focus is not renewed: it waits on what stays.
  if (["move", "delete"].includes(form.elements.op.value)) document.getElementById("add-type")?.focus();
});

document.addEventListener("htmx:after:swap", (event) => {
  if (!back || event.detail.ctx?.target?.id !== "document") return;
  const form = document.getElementById(back);
  if (form && !form.hidden) form.querySelector("button").focus();
  back = null;
});
