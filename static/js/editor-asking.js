// Questions of the editor: two versions of one text, and a text for something that was deleted.

/** Opens a dialog with *title* and *build* as its content; gives it. */
function open(title, build) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const head = element("header", "", "dialog-head");
  head.append(element("h2", title));
  const body = element("div", "", "dialog-main versions");
  dialog.append(head, body);
  dialog.setAttribute("aria-label", title);
  build(body, () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
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
export function askAboutClash(clash, decide) {
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
    });
  });
}

/** Something was deleted while one wrote in it: *restore* brings it back with one's text. */
export function askAboutGone(item, restore) {
  return new Promise((done) => {
    open("This was deleted meanwhile", (body, close) => {
      const mine = document.createElement("textarea");
      mine.rows = 4;
      mine.readOnly = true;
      mine.value = item.fields.value ?? "";
      mine.setAttribute("aria-label", "What you wrote");
      const actions = element("div", "", "form-actions");
      actions.append(
        button("Restore with my text", "btn-primary", () => { close(); done(); restore(); }),
        button("Let it go", "", () => { close(); done(); }),
      );
      body.append(mine, actions);
    });
  });
}
