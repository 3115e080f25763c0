// The command palette: opens by Ctrl or Cmd and K, moves by arrows, opens by Enter.

const palette = document.querySelector("[data-palette]");
const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

for (const key of document.querySelectorAll("[data-command-key]")) {
  if (isApple) key.textContent = "⌘ K";
}

if (palette) {
  const input = palette.querySelector("input");
  const options = () => [...palette.querySelectorAll("[role=option]")];

  /** Marks one option and tells screen readers which. */
  const select = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  /** Asks for the first results whichever way the palette was opened. */
  const opened = () => {
    input.select();
    input.dispatchEvent(new CustomEvent("palette-opened"));
  };
  new MutationObserver(() => palette.open && opened()).observe(palette, { attributeFilter: ["open"] });

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(isApple ? event.metaKey : event.ctrlKey)) return;
    event.preventDefault();
    if (palette.open) palette.close();
    else palette.showModal();
  });

  input.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (["ArrowDown", "ArrowUp"].includes(event.key) && all.length) {
      select(all.at((at + (event.key === "ArrowDown" ? 1 : -1)) % all.length));
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      (all[at] ?? all[0])?.click();
    }
  });

  document.addEventListener("htmx:after:swap", () => {
    const all = options();
    if (palette.open && !all.some((option) => option.getAttribute("aria-selected") === "true")) select(all[0]);
  });
}
