// Lanes of a map ask for their numbers when they come into sight, and anew where a lane was drawn
// anew around numbers that stood there. What is said when none come, and asking again.

const REGION = "[data-lane-numbers]";
const asking = new WeakSet(); // regions with a request under way

/** The region that an htmx event is about, or null. */
const regionOf = (event) => event.detail.ctx?.sourceElement?.closest?.(REGION) ?? null;

const failure = (region) => region.querySelector(".lane-numbers-failed");

/** Show that there are no numbers, or that there may be some. */
const tell = (region, isMissing) => {
  failure(region).hidden = !isMissing;
  region.querySelector(".lane-numbers-words").hidden = isMissing;
};

const ask = (region) => region.dispatchEvent(new Event("numbers-wanted"));

const sight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    sight.unobserve(target);
    ask(target);
  }
});

/** Wait for every region without numbers to come into sight. */
const watch = () => {
  for (const region of document.querySelectorAll(REGION)) {
    const isWaiting = region.querySelector("[data-waiting]") && failure(region).hidden;
    if (isWaiting && !asking.has(region)) sight.observe(region);
  }
};

// Before others hear of it: a number that does not come is said in its place, not in a toast.
for (const kind of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(
    kind,
    (event) => {
      const region = regionOf(event);
      if (!region) return;
      event.stopImmediatePropagation();
      tell(region, true);
    },
    true,
  );
}

document.addEventListener("htmx:before:request", (event) => {
  const region = regionOf(event);
  if (!region) return;
  asking.add(region);
  tell(region, false);
});

document.addEventListener("htmx:finally:request", (event) => {
  const region = regionOf(event);
  if (!region) return;
  asking.delete(region);
  // Figures say what a cell holds; the words that it had without them would hide them.
  for (const cell of region.closest("tbody")?.querySelectorAll("td[id^='n-']") ?? []) {
    if (cell.childElementCount) cell.removeAttribute("aria-label");
  }
});

document.addEventListener("click", (event) => {
  const region = event.target.closest?.("[data-again]")?.closest(REGION);
  if (region) ask(region);
});

document.addEventListener("htmx:after:swap", watch);
document.addEventListener("map-changed", watch);
watch();
