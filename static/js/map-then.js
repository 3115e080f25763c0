// A map as it was: the slider shows another moment without leaving the page, and plays them one after the other.

const PAUSE = 1500; // between two moments, in milliseconds
const WAIT = 150; // so long a key is held before its moment is asked for
const still = matchMedia("(prefers-reduced-motion: reduce)");

let asked = 0;
let waiting = 0;
let playing = 0;

const root = () => document.querySelector("[data-map-then]");
const slider = () => document.getElementById("then-stop");
const stops = () => JSON.parse(document.querySelector("[data-then-stops]").dataset.thenStops);

/** Says which moment the slider stands at. */
function tell() {
  const [, words] = stops()[Number(slider().value)];
  slider().setAttribute("aria-valuetext", words);
  document.getElementById("then-said").textContent = words;
}

/** Shows the moment at *url* in place; where that fails, as a page of its own. */
async function show(url) {
  const mine = ++asked;
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (mine !== asked) return;
  if (!answer?.ok || answer.redirected) {
    location.assign(url);
    return;
  }
  const html = await answer.text();
  if (mine !== asked) return;
  await window.htmx.swap({ text: html, sourceElement: root(), target: root(), swap: "outerMorph" });
  history.replaceState(null, "", url);
  slider().value = slider().getAttribute("value");
  prepare();
}

const wanted = () => `${stops()[Number(slider().value)][0]}${location.search}`;

/** Plays on from here, or from the beginning where this is the end; once more ends it. */
function play() {
  if (playing) {
    stop();
    return;
  }
  if (slider().value === slider().max) slider().value = 0;
  playing = 1;
  prepare();
  step();
}

async function step() {
  if (!playing) return;
  tell();
  await show(wanted());
  if (!playing) return;
  if (slider().value === slider().max) {
    stop();
    return;
  }
  playing = setTimeout(() => {
    slider().stepUp();
    step();
  }, PAUSE);
}

function stop() {
  clearTimeout(playing);
  playing = 0;
  prepare();
}

/** Names the button by what it does; nothing moves by itself for whoever wants no motion. */
function prepare() {
  const button = document.querySelector("[data-then-play]");
  button.hidden = still.matches || Number(slider().max) === 0;
  button.textContent = playing ? "Pause" : "Play";
}

document.addEventListener("input", (event) => {
  if (event.target !== slider()) return;
  if (playing) stop();
  tell();
});
document.addEventListener("change", (event) => {
  if (event.target !== slider()) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => show(wanted()), WAIT);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-then-play]")) play();
});
still.addEventListener("change", () => {
  if (still.matches && playing) stop();
  prepare();
});
document.documentElement.classList.add("is-scripted");
prepare();
