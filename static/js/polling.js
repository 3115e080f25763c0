// Keeps polled parts quiet: none while the page is hidden, and one in ten while the job strip is empty.

const IDLE_SHARE = 10;
let turn = 0;

document.addEventListener("htmx:before:request", (event) => {
  const source = event.detail.ctx.sourceElement;
  if (!source?.matches?.("[data-poll]")) return;
  const isIdle = source.id === "job-strip" && !source.querySelector(".job") && turn++ % IDLE_SHARE > 0;
  if (document.hidden || isIdle) event.preventDefault();
});

// Somebody started work: look at once, and keep looking.
document.body.addEventListener("job-started", () => { turn = 0; }, true);
