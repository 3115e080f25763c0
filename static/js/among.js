// Lines of words with commas between: the list below one offers what could come next.

/** Lets each offer of the list complete what is typed, without what stands there already. */
function offer(line) {
  const parts = line.value.split(",").map((part) => part.trim());
  const before = parts.slice(0, -1).filter(Boolean);
  const there = new Set(before.map((part) => part.toLowerCase()));
  for (const option of line.list?.options ?? []) {
    const { word } = option.dataset;
    option.disabled = there.has(word.toLowerCase());
    option.value = [...before, word].join(", ");
  }
}

for (const happening of ["focusin", "input"]) {
  document.addEventListener(happening, (event) => {
    if (event.target.matches("[data-among]")) offer(event.target);
  });
}
