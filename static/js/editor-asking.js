// Questions of the editor: two versions of one text, a text for something that was deleted, and what could not
// be saved at all.

import { tell, typed } from "./change-queue.js";

/** Opens a dialog with *title*; *build* fills it, and gets what closes it. One that has to be answered stays
 * until then: whatever waits for the answer would wait for ever. */
function open(title, build, { mustAnswer = false } = {}) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const head = element("header", "", "dialog-head");
  head.append(element("h2", title));
  const body = element("div", "", "dialog-main versions");
  dialog.append(head, body);
  dialog.setAttribute("aria-label", title);
  let isAnswered = !mustAnswer;
  build(body, () => { isAnswered = true; dialog.close(); });
  dialog.addEventListener("cancel", (event) => { if (!isAnswered) event.preventDefault(); });
  dialog.addEventListener("close", () => { if (isAnswered) dialog.remove(); else dialog.showModal(); });
  document.body.append(dialog);
  dialog.showModal();
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function button(words, className, act) {
  const made = element("button", words, `btn ${className}`);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value ?? ""));

/** Shows both versions of a text; *decide* gets the text to keep and what it is typed over, or null for theirs;
 * undefined is one's own as it was sent. */
function askAboutClash(clash, decide) {
  return new Promise((done) => {
    open("Somebody else changed this", (body, close) => {
      const mine = document.createElement("textarea");
      mine.rows = 4;
      mine.value = shown(clash.mine);
      mine.setAttribute("aria-label", "Yours");
      mine.readOnly = typeof clash.mine !== "string";
      const end = (value) => { close(); done(); decide(value, clash.rev); };
      const keep = button("Keep mine, as it stands here", "btn-primary",
        () => end(mine.readOnly ? undefined : mine.value));
      const actions = element("div", "", "form-actions");
      actions.append(keep, button("Keep theirs", "", () => end(null)));
      body.append(
        element("h3", `${clash.by} wrote`), element("p", shown(clash.theirs), "kept-lines"),
        element("h3", "Yours"), mine, actions,
      );
    }, { mustAnswer: true });
  });
}

/** Something was deleted while one wrote in it: *restore* brings it back with *text*, one's own, and what it lay
 * in where that went, too. */
function askAboutGone(text, isWithin, restore) {
  return new Promise((done) => {
    open("This was deleted meanwhile", (body, close) => {
      const mine = document.createElement("textarea");
      mine.rows = 4;
      mine.readOnly = true;
      mine.value = text;
      mine.setAttribute("aria-label", "What you wrote");
      const actions = element("div", "", "form-actions");
      if (isWithin) body.append(element("p", "What it lay in was deleted, too, and comes back with it."));
      actions.append(
        button("Restore with my text", "btn-primary", () => { close(); done(); restore(); }),
        button("Let it go", "", () => { close(); done(); }),
      );
      body.append(mine, actions);
    }, { mustAnswer: true });
  });
}

/** Shows what the server does not take, with one's text to copy it from. */
export function showRefused(words, text) {
  open("This could not be saved", (body, close) => {
    body.append(element("p", words));
    if (text) {
      const mine = document.createElement("textarea");
      mine.rows = 4;
      mine.readOnly = true;
      mine.value = text;
      mine.setAttribute("aria-label", "What you wrote");
      body.append(mine);
    }
    const actions = element("div", "", "form-actions");
    if (text) actions.append(button("Copy the text", "btn-primary", () => navigator.clipboard.writeText(text)));
    actions.append(button("Close", "", close));
    body.append(actions);
  });
}

/** Asks a question with one thing to do about it; *act* does it. */
export function ask(title, words, doing, act) {
  open(title, (body, close) => {
    const actions = element("div", "", "form-actions");
    actions.append(button(doing, "btn-primary", () => { close(); act(); }), button("Leave it", "", close));
    body.append(element("p", words), actions);
  });
}

/** Lets somebody who was signed out sign in beside this page; *again* sends what waits then. */
export function askToSignIn(again) {
  if (document.querySelector("dialog[data-signed-out]")) return;
  open("You are signed out", (body, close) => {
    body.closest("dialog").dataset.signedOut = "";
    const link = element("a", "Sign in in a new tab", "btn btn-primary");
    link.href = "/accounts/login/";
    link.target = "_blank";
    const actions = element("div", "", "form-actions");
    actions.append(link, button("I have signed in", "", () => { close(); again(); }));
    body.append(element("p", "Your changes are kept in this browser. Sign in again, and they are saved."), actions);
  });
}

/** The same item once more, with another id and *changes* to the change that it is about. */
function again(item, changes, which = typed(item)) {
  const renewed = (one) => ({ ...one, id: crypto.randomUUID(), ...(one === which ? changes : {}) });
  return item.fields ? { ...item, fields: renewed(item.fields) } : { ...item, ops: item.ops.map(renewed) };
}

/**
 * Does about a refused item what there is to do: asks which text holds, or whether to restore what was deleted;
 * *add* sends an item, *refresh* shows theirs. All else goes to *refuse*, with the words of the server.
 */
export async function settle(answer, item, { add, refresh, refuse }) {
  const told = await answer.json().catch(() => ({ message: "This is not there any more." }));
  if (told.code === "stale") {
    const [clash] = told.clashes;
    const which = item.ops?.find((one) => one.lineage === clash.lineage && one.field === clash.field);
    return askAboutClash(clash, (value, rev) => {
      if (value === null) return refresh();
      return add(again(item, { ...(value === undefined ? {} : { value }), base_rev: rev, base_id: null }, which));
    });
  }
  if (told.code === "gone") {
    const { lineage, value } = typed(item);
    const gone = told.restore ?? [lineage];
    return askAboutGone(typeof value === "string" ? value : "", gone.some((one) => one !== lineage), () => {
      const restores = gone.map((one) => ({ id: crypto.randomUUID(), op: "restore", lineage: one }));
      const isForm = Boolean(item.fields);
      if (isForm) for (const fields of restores) add({ url: item.url, fields, about: "" });
      const renewed = again(item, {});
      const { batch } = renewed.ops?.[0] ?? {};
      return add(isForm ? renewed : { ...renewed, about: "", ops: [...restores.map((one) => ({ ...one, batch })), ...renewed.ops] });
    });
  }
  tell(`Not saved: ${told.message}`, true);
  return refuse(told.message);
}
