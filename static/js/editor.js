// Editing a document page: its forms save themselves one after the other, others' changes come by polling,
// and nothing that was typed is lost.

import { ChangeQueue, toast } from "./change-queue.js";
import { askToSignIn } from "./editor-asking.js";
import { watchDrags } from "./editor-drag.js";
import { EditedForms } from "./editor-forms.js";

const POLL_MS = 2_000;
const editor = document.querySelector("[data-editor]");
const news = document.querySelector("[data-news]");

/** Brings the document up to date; what is being typed, or not sent yet, stays as it is. */
async function refresh() {
  const began = performance.now();
  const kept = forms.all.filter((form) => forms.isBusy(form));
  kept.forEach((form) => form.setAttribute("hx-morph-skip", ""));
  try {
    await window.htmx.ajax("GET", editor.dataset.pageUrl ?? location.href, { target: "#document", select: "#document", swap: "outerMorph" });
    // A control that was typed in shows that text, whatever the page says since: put it back, unless
    // it was typed while the page was on its way.
    for (const form of forms.all) {
      if (!form.matches("[hx-morph-skip]") && !forms.isBusy(form) && !forms.wasTouched(form, began)) form.reset();
    }
  } finally {
    kept.forEach((form) => form.removeAttribute("hx-morph-skip"));
  }
}

/** Looks what others did; not while the page is hidden, nor while something is held by the pointer. */
async function poll() {
  if (document.hidden || !queue.isEmpty || document.querySelector(".is-held")) return;
  const answer = await fetch(`${editor.dataset.changesUrl}?after=${editor.dataset.head}`).catch(() => null);
  if (answer?.status !== 200 || answer.redirected) return;
  const told = await answer.json();
  editor.dataset.head = told.head;
  // A map also tells who came and went.
  if (!told.changes.length) return;
  const theirs = told.changes.filter((one) => !one.is_mine);
  const words = theirs.length ? `${theirs.at(-1).by} ${theirs.at(-1).words}` : "";
  if (news) return offer(words);
  if (words) toast(words);
  await refresh();
}

/** Says on a page whose rows must not move under one's hands that there is news. */
function offer(words) {
  news.hidden = false;
  news.querySelector("[data-news-words]").textContent = words || "You changed this elsewhere";
}

function done(item, told, seq) {
  forms.remember(item, seq);
  if (told.head === Number(editor.dataset.head) + told.done.length) editor.dataset.head = told.head;
  if (told.overridden.length) toast("Somebody else had changed this meanwhile; yours holds now.");
}

const queue = editor && new ChangeQueue({
  done,
  refused: (answer, item) => forms.refused(answer, item),
  signedOut: askToSignIn,
  rested: (sent) => (sent.some((item) => item.fields.op !== "set" || item.refreshes) ? refresh() : undefined),
});
const forms = editor && new EditedForms(editor, { queue, refresh });

function start() {
  forms.watch();
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches("input, textarea")) return;
    const form = document.querySelector(event.shiftKey ? "form[data-undo=redo]" : "form[data-undo=undo]");
    if (form) { event.preventDefault(); forms.stepBack(form); }
  });
  watchDrags(editor, (lineage, parent, after) => queue.add({
    url: editor.dataset.changeUrl,
    fields: { id: crypto.randomUUID(), op: "move", lineage, parent, after: after ?? "" },
    about: "",
  }), refresh);
  news?.querySelector("button").addEventListener("click", async () => {
    await queue.send();
    await refresh();
    news.hidden = true;
  });
  setInterval(poll, POLL_MS);
  queue.send();
}

if (editor) start();
