"""A real browser for tests: it opens pages, watches for complaints, and checks accessibility."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, expect
from psycopg.errors import DeadlockDetected

from cxm.tenants.postgresql.base import DatabaseOperations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playwright.sync_api import BrowserContext, ConsoleMessage, Page
    from pytest_django.live_server_helper import LiveServer

    from cxm.tenants.models import Membership

# Playwright keeps an event loop in this thread until the run ends; Django's ORM would refuse to
# work beside it, also in tests that come later.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

HERE = Path(__file__).parent
# For actions and expectations alike; only what fails waits so long, also on a busy machine.
PATIENCE_MS = 20_000
A_MOMENT_MS = 500
TRIES = 3
NARROWEST_DESKTOP = 800
# What a person does with a part of a page.
DEEDS = ["click", "dblclick", "press", "press_sequentially", "fill", "check", "drag_to", "focus"]
USUAL_CHROMIUM = "/usr/bin/chromium"
# Chromium runs in containers without a sandbox of its own, and keeps off the net.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
expect.set_options(timeout=PATIENCE_MS)
AXE = (HERE / "axe.min.js").read_text()
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`));
"""
# The script is read and run in one go, so that both see the same page.
RUN_AXE = (
    "async (rules) => {"
    + AXE
    + """
    const found = await axe.run(document, {runOnly: rules});
    return found.violations.map((violation) => ({
        rule: violation.id,
        help: violation.help,
        where: violation.nodes.map((node) => node.target.join(" ")).slice(0, 5),
    }));
}
"""
)

type Scheme = Literal["light", "dark"]


class OpenPage(Protocol):
    """Opens an empty page of a width, in a colour scheme, in a browser without memory."""

    def __call__(self, *, width: int = 1440, scheme: Scheme = "light") -> Page: ...


@dataclass
class Complaints:
    """What browsers complained about; *expected* are pieces of complaints that a test provokes."""

    said: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def unexpected(self) -> list[str]:
        """List what no piece of *expected* explains."""
        return [one for one in self.said if not any(piece in one for piece in self.expected)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder: it drives Chromium, and takes its time."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            # A browser waits for a busy machine only so long; what fails for that reason alone
            # does not fail again and again. The run names what it tried again.
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the Chromium named by the variable CHROMIUM, or the system's; skip without one."""
    chromium = os.environ.get("CHROMIUM") or USUAL_CHROMIUM
    if not Path(chromium).exists():
        pytest.skip("There is no Chromium: set CHROMIUM to the path of one.")
    return browser_type_launch_args | {"executable_path": chromium, "args": FLAGS}


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Give the address of the running server, to which pages open relative ones."""
    return live_server.url


@pytest.fixture(autouse=True, scope="session")
def patient_flush() -> Iterator[None]:
    """Empty the database again where a page's last request held a row just then."""
    flush = DatabaseOperations.execute_sql_flush

    def flush_patiently(operations: DatabaseOperations, sql_list: Iterable[str]) -> None:
        statements = list(sql_list)
        for _ in range(TRIES):
            try:
                return flush(operations, statements)
            except (DeadlockDetected, OperationalError):
                continue
        return flush(operations, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_patiently)
        yield


@pytest.fixture(autouse=True, scope="session")
def patient_hands() -> Iterator[None]:
    """Touch nothing before a page's scripts listen: a page shows its text earlier than that."""
    with pytest.MonkeyPatch.context() as patch:
        for deed in DEEDS:
            patch.setattr(Locator, deed, _once_ready(getattr(Locator, deed)))
        yield


def _once_ready(deed: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(deed)
    def do(locator: Locator, *args: Any, **options: Any) -> Any:
        locator.page.wait_for_load_state("domcontentloaded")
        return deed(locator, *args, **options)

    return do


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Collect console errors, errors of scripts and violations of the content policy; want none."""
    heard = Complaints()
    yield heard
    assert heard.unexpected() == []


@pytest.fixture
def open_page(
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenPage:
    """Give what opens pages against the running server; relative addresses are its own."""

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            complaints.said.append(f"{message.text} ({where})")

    def open_(*, width: int = 1440, scheme: Scheme = "light") -> Page:
        is_phone = width < NARROWEST_DESKTOP
        context = new_context(
            viewport={"width": width, "height": 844 if is_phone else 900},
            is_mobile=is_phone,
            has_touch=is_phone,
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
        )
        context.add_init_script(REPORT_VIOLATIONS)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        # Who listens from the beginning gets every dialog: asking at the key may be too late.
        page.on("filechooser", lambda _: None)
        page.on("console", hear)
        _press_once_ready(page, monkeypatch)
        page.on("pageerror", lambda error: complaints.said.append(f"script: {error}"))
        return page

    return open_


def _press_once_ready(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    for deed in ["press", "type"]:
        type_ = getattr(page.keyboard, deed)

        def do(keys: str, *, type_: Callable[..., None] = type_, **options: Any) -> None:
            page.wait_for_load_state("domcontentloaded")
            type_(keys, **options)

        monkeypatch.setattr(page.keyboard, deed, do)


@pytest.fixture
def sign_in(base_url: str) -> Callable[[Page, Membership], None]:
    """Give what lets a page's browser be signed in as a member, without the form."""

    def sign_in_(page: Page, member: Membership) -> None:
        client = Client()
        client.force_login(member.user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}]
        )

    return sign_in_


@pytest.fixture
def axe() -> Callable[[Page], list[dict[str, Any]]]:
    """Give what lists the accessibility rules that a page breaks: rule, help, where."""

    def axe_(page: Page) -> list[dict[str, Any]]:
        for _ in range(TRIES):
            try:
                return looked_at(page)
            except PlaywrightError:
                # A click before this may still be on its way to the next page: axe is then left
                # without its document. What breaks a rule is in the answer, never an error.
                page.wait_for_timeout(A_MOMENT_MS)
                page.wait_for_load_state()
        return looked_at(page)

    def looked_at(page: Page) -> list[dict[str, Any]]:
        page.wait_for_load_state()
        violations: list[dict[str, Any]] = page.evaluate(RUN_AXE, AXE_RULES)
        return violations

    return axe_
