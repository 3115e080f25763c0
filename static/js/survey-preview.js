// The preview of a survey follows its draft: frames load again after each change, here and in other windows.

const page = document.querySelector("[data-preview]");
const news = new BroadcastChannel("survey-draft");

/** Loads the frames again where they are; what was filled in on the page that they show is not sent. */
function reload() {
  for (const frame of document.querySelectorAll("[data-preview-frame]")) {
    if (frame.src) frame.contentWindow.location.replace(frame.contentWindow.location.href);
  }
}

document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.target?.id !== "document") return;
  news.postMessage(page.dataset.preview);
  reload();
});

news.addEventListener("message", (event) => { if (event.data === page.dataset.preview) reload(); });

/** The frame beside the builder, shown or not; that is remembered while the window is open. */
function showBeside(box, button) {
  const key = "survey-preview-beside";
  const show = (isShown) => {
    box.hidden = !isShown;
    button.setAttribute("aria-pressed", String(isShown));
    sessionStorage.setItem(key, isShown ? "yes" : "");
    const frame = box.querySelector("iframe");
    if (isShown && !frame.src) frame.src = frame.dataset.src;
  };
  button.addEventListener("click", () => show(box.hidden));
  show(sessionStorage.getItem(key) === "yes");
}

const beside = document.querySelector("[data-preview-beside]");
if (beside) showBeside(beside, document.querySelector("[data-preview-toggle]"));
