"""A journey map in the browser: opened, and read from the page and from the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from journeys.selectors.journeys import laid_out
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from playwright.sync_api import Locator, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

type SignIn = Callable[[Page, Membership], None]
UNSAVED = "[data-map-editor][data-unsaved]"
ROWS = """() => [...document.querySelectorAll('#map-grid tbody[data-lineage]')].map((lane) => [
    lane.querySelector('[data-title]').textContent,
    [...lane.querySelectorAll('td[data-cell]')].flatMap((cell) =>
        [...cell.querySelectorAll('[data-kind]')].map((item) => item.textContent.trim())),
])"""


@dataclass(frozen=True)
class Editor:
    """A page that shows a map, for one who may change it."""

    page: Page
    member: Membership
    map_id: UUID

    def press(self, *keys: str) -> None:
        """Press keys one after the other; a character is typed as such."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str, end: str = "Control+Enter") -> None:
        """Write over what the open field holds, and end it by a key."""
        self.press("Control+a")
        self.page.keyboard.type(text)
        self.press(end)

    def saved(self) -> None:
        """Wait until all is saved and shown."""
        expect(self.page.locator(UNSAVED)).to_have_count(0)
        expect(self.page.locator("[data-save-status].is-bad")).to_have_count(0)

    def named(self, text: str) -> Locator:
        """Give the card or title that says *text*."""
        found = self.page.locator("#map-grid :is([data-kind=card], th)")
        return found.filter(has_text=text).first

    def cell(self, lane: int, step: int) -> Locator:
        """Give a cell by the numbers of its lane and its step, from 0."""
        lanes = self.page.locator("#map-grid tbody[data-lineage]")
        return lanes.nth(lane).locator("td[data-cell]").nth(step)

    def lanes(self) -> list[Any]:
        """List the lanes as they are shown: titles, and what stands in their cells, in order."""
        rows: list[Any] = self.page.evaluate(ROWS)
        return rows

    def map(self) -> dict[str, Any]:
        """Tell the map as it is kept: stages with their steps, lanes with text or value, span."""
        told = laid_out(m.state_of(self.member, self.map_id))
        steps = [step for stage in told["stages"] for step in stage["steps"]]
        names = {step["id"]: step["title"] for step in steps}
        return {
            "stages": {s["title"]: [step["title"] for step in s["steps"]] for s in told["stages"]},
            "lanes": {
                lane["title"]: [
                    (
                        card["text"] if card["value"] is None else card["value"],
                        names[card["step_from"]],
                        names[card["step_to"]],
                    )
                    for card in lane["cards"]
                ]
                for lane in told["lanes"]
            },
        }


@dataclass(frozen=True)
class Drawn:
    """A map of a workspace, drawn by one of its members."""

    by: Membership
    map_id: UUID
    steps: tuple[UUID, ...]

    def lane(self, kind: str, title: str) -> UUID:
        """Add a lane."""
        return m.lane(self.by, self.map_id, kind, title)

    def card(self, lane: UUID, step: int, **values: Any) -> UUID:
        """Add a card at a step, by its number from 0."""
        return m.card(self.by, self.map_id, lane, self.steps[step], **values)


def drawn(*stages: tuple[str, int]) -> Drawn:
    """Draw a map with *stages*: the title of each, and how many steps it holds."""
    author = make.member(of=make.tenant(), role=Role.MANAGER)
    on = m.blank_map(author, m.journey(author))
    steps = [step for title, count in stages for step in m.stage(author, on, title, count)[1:]]
    return Drawn(author, on, tuple(steps))


def open_editor(
    open_page: OpenPage,
    sign_in: SignIn,
    of: Drawn,
    *,
    width: int = 1440,
    scheme: Scheme = "light",
) -> Editor:
    """Open a map for another member of its workspace, who has done nothing yet."""
    member = make.member(of=of.by.tenant, role=Role.MANAGER)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    page.goto(reverse("journeys:map-page", args=[of.by.tenant.slug, of.map_id]))
    page.wait_for_selector("[data-map-editor][data-scripted]")
    return Editor(page, member, of.map_id)
