// A survey on somebody else's page: one script, a shadow root, no cookie, no inline style.
// The page names it: <script src="…/embed.js" data-survey="https://…/q/workspace/survey/" defer>.

(() => {
  const script = document.currentScript;
  const survey = new URL(script.dataset.survey, script.src);
  const name = survey.pathname.split("/").filter(Boolean).at(-1);
  const early = window.wayfare?.q ?? [];
  const trusted = window.trustedTypes?.createPolicy("wayfare", { createHTML: (text) => text });
  const FRAME = `
    :host { all: initial; }
    .frame { background: none; border: 0; color: var(--ink); font: 1rem / 1.5 var(--font); max-inline-size: none; padding: 0; }
    .frame.is-popover { inline-size: min(26rem, calc(100vw - 2rem)); inset: auto 1rem 1rem auto; max-block-size: calc(100vh - 2rem); overflow: auto; position: fixed; z-index: 2147483000; }
    .frame.is-popover .sheet, .frame.is-inline .sheet { border: 1px solid var(--line); box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 18%); padding-block-start: 3.25rem; }
    .frame.is-inline { margin-inline: auto; max-inline-size: 40rem; position: relative; }
    .frame.is-inline .sheet { box-shadow: none; }
    .frame.is-page { background: var(--ground); block-size: 100%; inline-size: 100%; inset: 0; max-block-size: none; overflow: auto; position: fixed; }
    .frame.is-page .sheet { margin-block: 4rem 2rem; }
    .frame::backdrop { background: rgb(0 0 0 / 50%); }
    .close { background: none; border: 0; color: var(--ink); inset: 0.5rem 0.75rem auto auto; padding: 0.5rem 1rem; position: absolute; text-decoration: underline; z-index: 1; }
    .frame.is-page .close { position: fixed; }
    [tabindex="-1"]:focus { outline: none; }
  `;

  let settings = null; // what the survey's own server says: when, where, how
  let frame = null; // the box that holds it while it is open
  let here = survey; // the address of the page of it that is shown
  let before = null; // what had the focus
  let isDone = false;

  /** Asks the survey's server something; gives null where it refuses. */
  async function ask(what) {
    const told = new URLSearchParams({ what });
    for (const key of ["person", "expires", "signature"]) {
      if (script.dataset[key]) told.set(key, script.dataset[key]);
    }
    const answer = await fetch(new URL("embed/", survey), { method: "POST", body: told }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  /** Whether this page is one of those that the survey is for: `/cart*` and the like. */
  function isPage() {
    const path = location.pathname + location.search;
    const fits = (pattern) =>
      new RegExp(`^${pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&")).join(".*")}$`).test(path);
    return !settings.pages.length || settings.pages.some(fits);
  }

  /** Whether this device remembers that it was shown; only where the page allows to keep that. */
  function isTooSoon() {
    if (!("remember" in script.dataset)) return false;
    const at = Number(localStorage.getItem(`wayfare:${name}`));
    return at > Date.now() - settings.repeat_days * 86_400_000;
  }

  /** Shows a page of the survey that its server gave; says whether it was one. */
  function draw(text, address, isMoved) {
    const page = new DOMParser().parseFromString(trusted ? trusted.createHTML(text) : text, "text/html");
    const main = page.querySelector("main");
    if (!main) return false;
    here = new URL(address);
    // The page around it has a main part of its own.
    const sheet = document.createElement("div");
    sheet.className = "sheet";
    sheet.append(...document.importNode(main, true).childNodes);
    for (const image of sheet.querySelectorAll("img")) image.src = new URL(image.getAttribute("src"), here);
    const title = sheet.querySelector("h1") ?? sheet.firstElementChild;
    title.id = "title";
    title.tabIndex = -1;
    title.autofocus = true;
    frame.lang = page.documentElement.lang;
    frame.dir = page.documentElement.dir;
    frame.querySelector(".sheet")?.remove();
    frame.append(sheet);
    frame.scrollTop = 0;
    if (isMoved) (sheet.querySelector("[aria-invalid], [role=alert]") ?? title).focus();
    if (isMoved && !sheet.querySelector("form")) {
      isDone = true;
      document.dispatchEvent(new CustomEvent("wayfare:answered", { detail: { survey: name } }));
    }
    return true;
  }

  /** Says that what was sent did not arrive, above the form, where everything stays as it is. */
  function fail() {
    const sheet = frame.querySelector(".sheet");
    sheet.querySelector(".lost")?.remove();
    const words = document.createElement("p");
    words.className = "mend lost";
    words.setAttribute("role", "alert");
    words.textContent = settings.again;
    (sheet.querySelector("form") ?? sheet.lastElementChild).before(words);
    words.scrollIntoView({ block: "nearest" });
  }

  /** Goes to an address of the survey, with a form or without; what was typed stays if it fails. */
  async function go(address, body) {
    const asked = frame;
    asked.setAttribute("aria-busy", "true");
    const answer = await fetch(address, body ? { method: "POST", body } : {}).catch(() => null);
    // A page that says what to mend, or that it is over, is one too; others are no pages of it.
    const isPage = answer?.ok || [410, 422].includes(answer?.status);
    const text = isPage ? await answer.text().catch(() => "") : "";
    asked.removeAttribute("aria-busy");
    // It was closed meanwhile.
    if (frame !== asked) return;
    if (!draw(text, answer?.url, true)) fail();
  }

  function send(event) {
    event.preventDefault();
    const form = event.target;
    const filled = new URLSearchParams(new FormData(form, event.submitter));
    const address = new URL(form.getAttribute("action"), here);
    if (form.method === "get") {
      address.search = filled;
      return go(address);
    }
    return go(address, filled);
  }

  function follow(event) {
    const link = event.target.closest("a[href]");
    const address = link && new URL(link.getAttribute("href"), here);
    if (!address || address.origin !== survey.origin || !address.pathname.startsWith(survey.pathname)) return;
    event.preventDefault();
    go(address);
  }

  function close() {
    if (!frame) return;
    const { host } = frame.getRootNode();
    frame = null;
    host.remove();
    if (before?.isConnected) before.focus();
    document.dispatchEvent(new CustomEvent("wayfare:closed", { detail: { survey: name, isDone } }));
  }

  /** Makes the box in a shadow root, in the shape that the survey has. */
  function box(css) {
    const host = document.createElement("wayfare-survey");
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [FRAME, ...css].map((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    });
    const isInline = settings.shape === "inline";
    const made = document.createElement(isInline ? "section" : "dialog");
    made.className = `frame is-${settings.shape}`;
    made.setAttribute("aria-labelledby", "title");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "close";
    button.textContent = settings.close;
    button.addEventListener("click", close);
    made.append(button);
    made.addEventListener("submit", send);
    made.addEventListener("click", follow);
    made.addEventListener("close", close);
    // A page's own keys are not for what is typed here.
    made.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") close();
    });
    root.append(made);
    return made;
  }

  function place() {
    const { host } = frame.getRootNode();
    if (settings.shape !== "inline") return document.body.append(host);
    const spot = document.querySelector(`[data-wayfare="${CSS.escape(name)}"]`);
    if (spot) return spot.append(host);
    return script.parentNode === document.head ? document.body.append(host) : script.after(host);
  }

  /** Shows the survey once, if it is still time for it and this is a page for it. */
  async function show() {
    if (frame || isDone || !settings?.show || !isPage() || isTooSoon()) return;
    settings.show = false;
    const shown = settings.isTrial ? settings : await ask("shown");
    if (!shown) return;
    const answer = await fetch(new URL(shown.address, survey)).catch(() => null);
    if (!answer?.ok) return;
    if ("remember" in script.dataset) localStorage.setItem(`wayfare:${name}`, Date.now());
    before = document.activeElement;
    frame = box(shown.css);
    draw(await answer.text(), answer.url, false);
    place();
    if (settings.shape === "page") frame.showModal();
    if (settings.shape === "popover") frame.show();
    // Whoever is typing goes on typing.
    if (before?.matches("input, textarea, select, [contenteditable]") && settings.shape !== "page") before.focus();
    document.dispatchEvent(new CustomEvent("wayfare:shown", { detail: { survey: name } }));
  }

  const WAITS = {
    soon: show,
    seconds: () => setTimeout(show, settings.seconds * 1000),
    scroll: () => {
      const look = () => {
        const { scrollHeight, clientHeight, scrollTop } = document.scrollingElement;
        if (scrollTop < ((scrollHeight - clientHeight) * settings.percent) / 100) return;
        removeEventListener("scroll", look);
        show();
      };
      addEventListener("scroll", look, { passive: true });
      look();
    },
    leaving: () =>
      document.addEventListener("mouseout", (event) => {
        if (!event.relatedTarget && event.clientY <= 0) show();
      }),
    event: () => {},
  };

  /** What the page calls: wayfare("track", "order placed"), wayfare("open"), wayfare("close"). */
  function wayfare(what, told) {
    if (!settings) return early.push([what, told]);
    if (what === "track" && settings.moment === "event" && told === settings.event) return show();
    if (what === "open") return show();
    return what === "close" ? close() : undefined;
  }
  window.wayfare = wayfare;

  async function begin() {
    settings = script.dataset.trial ? { ...JSON.parse(script.dataset.trial), isTrial: true } : await ask("ask");
    if (!settings?.show) return;
    WAITS[settings.moment]();
    for (const [what, told] of early.splice(0)) wayfare(what, told);
  }
  begin();
})();
