// A form that counts while one fills it in (data-again) drops what is changed during a count under
// way, so that a button pressed is never overtaken. When all is answered it counts once more.

const forms = new WeakMap(); // by request: its form, since a button may be gone with the answer
const pending = new WeakMap(); // by form: how many requests are under way
const changed = new WeakSet(); // forms with a change that no request has told of

// Before htmx hears of it: a change that begins a request is told by that request.
for (const kind of ["input", "change"]) {
  document.addEventListener(
    kind,
    (event) => {
      const form = event.target.closest?.("form[data-again]");
      if (pending.get(form)) changed.add(form);
    },
    true,
  );
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement.closest("form[data-again]");
  if (!form) return;
  forms.set(ctx, form);
  pending.set(form, (pending.get(form) ?? 0) + 1);
  changed.delete(form);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const form = forms.get(ctx);
  if (!form) return;
  pending.set(form, pending.get(form) - 1);
  if (pending.get(form) || !changed.delete(form)) return;
  // A moment later, when htmx has let go of the request.
  setTimeout(() => form.dispatchEvent(new Event("change")));
});
