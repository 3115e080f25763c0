#!/bin/sh
# Print the path of a Chromium for the browser tests, installing one when there is none.
# Prints nothing but a sentence on standard error when none can be had.
set -eu

installed() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        # Ubuntu's chromium-browser may be a stub that only tells to install a snap.
        if [ -n "$name" ] && "$name" --version >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
    return 1
}

by_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "Installing Chromium for the browser tests ..." >&2
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } \
        >/dev/null 2>&1 && installed
}

by_playwright() {
    echo "Fetching Chromium for the browser tests ..." >&2
    python -m playwright install chromium >/dev/null 2>&1 && python -c '
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)'
}

installed || by_apt || by_playwright ||
    echo "No Chromium was found or could be installed: install one and set CHROMIUM to its path" \
        "to run the browser tests." >&2
