// The choice of system, light or dark colours, kept in this browser.

const root = document.documentElement;

/** Marks the button of the colours in use. */
function show() {
  const current = root.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-value]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeValue === current));
  }
}

/** Takes over a choice: "system" forgets it. */
function choose(theme) {
  if (theme === "system") {
    delete root.dataset.theme;
    localStorage.removeItem("wayfare-theme");
  } else {
    root.dataset.theme = theme;
    localStorage.setItem("wayfare-theme", theme);
  }
  show();
  document.dispatchEvent(new CustomEvent("theme-chosen"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-value]");
  if (button) choose(button.dataset.themeValue);
});
show();
