// What every htmx request needs: the CSRF token on the way out, plain words when the answer is no.

const SIGN_IN = "/accounts/login/";
const REFUSALS = {
  403: "Your role does not include this. Nothing was changed.",
  404: "This is not there any more. Reload the page to see what is.",
  429: "That was a little too fast. Wait a moment, then try again.",
};
const OUR_FAULT = "Something broke on our side. Look whether your change was saved before you repeat it.";

/** The token that Django put into its cookie, or "": read at each request, so it is never stale. */
const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (request.method.toUpperCase() !== "GET") request.headers["X-CSRFToken"] = token();
});

// Signed out meanwhile: go and sign in, instead of putting that page into a part of this one.
document.addEventListener("htmx:before:response", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  if (!response.raw.redirected || new URL(response.raw.url).pathname !== SIGN_IN) return;
  event.preventDefault();
  if (!sourceElement.matches("[data-poll]")) {
    location.assign(`${SIGN_IN}?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
});

// These answers are whole pages: the part keeps what it shows (`noSwap`), a toast says why.
document.addEventListener("htmx:response:error", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  const words = REFUSALS[response.status] ?? (response.status >= 500 ? OUR_FAULT : "");
  if (!words || sourceElement.matches("[data-poll]")) return;
  document.dispatchEvent(new CustomEvent("toast", { detail: { words, is_bad: true } }));
});
