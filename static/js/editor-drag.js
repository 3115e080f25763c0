// Moving elements: by pointer on their handle, or by keys on it (Space takes and drops, arrows move,
// Escape lets go). Lists are `[data-drop-parent][data-drop-kind]`, elements `[data-drag-lineage]`.

const ARROWS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Tells *move* (lineage, parent, the sibling it follows or null) what was dropped; *putBack* undoes the looks. */
export function watchDrags(editor, move, putBack) {
  let held = null;

  const list = (item) => item.closest("[data-drop-parent]");
  const kin = (item) => [...list(item).querySelectorAll(":scope > [data-drag-lineage]")];
  const hold = (item) => { held = item; item.classList.add("is-held"); };

  function drop() {
    if (!held) return;
    const siblings = kin(held);
    const before = siblings[siblings.indexOf(held) - 1];
    move(held.dataset.dragLineage, list(held).dataset.dropParent, before?.dataset.dragLineage ?? null);
    release();
  }

  function release() {
    held?.classList.remove("is-held");
    held = null;
  }

  /** Shows the held element where it would be: before or after *other*, in the same kind of list. */
  function show(other, isAfter) {
    if (!other || other === held || list(other)?.dataset.dropKind !== list(held).dataset.dropKind) return;
    if (isAfter) other.after(held); else other.before(held);
  }

  editor.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-drag-handle]");
    if (!handle || event.button !== 0) return;
    hold(handle.closest("[data-drag-lineage]"));
    handle.setPointerCapture(event.pointerId);
    let isMoved = false;
    const follow = (moved) => {
      const under = document.elementFromPoint(moved.clientX, moved.clientY);
      const other = under?.closest("[data-drag-lineage]");
      const kind = list(held).dataset.dropKind;
      const same = other && list(other)?.dataset.dropKind === kind ? other : other?.parentElement?.closest("[data-drag-lineage]");
      if (same) {
        const box = same.getBoundingClientRect();
        show(same, moved.clientY > box.top + box.height / 2);
        isMoved = true;
      } else {
        const empty = under?.closest(`[data-drop-kind="${kind}"]`);
        if (empty && !empty.querySelector(":scope > [data-drag-lineage]")) { empty.append(held); isMoved = true; }
      }
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("lostpointercapture", () => {
      handle.removeEventListener("pointermove", follow);
      if (isMoved) drop(); else release();
    }, { once: true });
  });

  editor.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-drag-handle]");
    if (!handle) return;
    const item = handle.closest("[data-drag-lineage]");
    if (event.key === " ") {
      event.preventDefault();
      if (held) drop(); else hold(item);
    } else if (held && event.key === "Escape") {
      release();
      putBack();
    } else if (held && event.key in ARROWS) {
      event.preventDefault();
      const siblings = kin(held);
      show(siblings[siblings.indexOf(held) + ARROWS[event.key]], ARROWS[event.key] > 0);
      handle.focus();
    }
  });
}
