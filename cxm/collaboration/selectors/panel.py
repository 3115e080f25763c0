"""A panel of comments beside a page: what it shows, and the addresses in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict

from cxm.collaboration.rules.comments import Show

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.selectors.talk import Talk

# What is rarely there has a tab only where there is some of it.
_SELDOM = frozenset({Show.UNANCHORED, Show.BASELINE})


@dataclass(frozen=True, slots=True)
class Refused:
    """What was typed and could not be taken: into which form, and why.

    *where* is "new", or the id of the thread or comment whose form it was.
    """

    where: str
    body: str
    words: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of comments with its addresses.

    *start* begins the addresses of what is done in it, *page_url* is the page it stands beside,
    *site* begins the addresses within the tenant, and *rest* is what the page's address says
    besides. *is_tab*: it stands among what else is told of the part that it is narrowed to.
    """

    talk: Talk
    start: str
    page_url: str
    rest: str
    site: str
    may_comment: bool
    refused: Refused | None = None
    is_tab: bool = False

    @property
    def target(self) -> str:
        """Give the selector of where the panel is shown."""
        return f"#{self.talk.subject.beside}"

    def refusal(self, where: object) -> Refused | None:
        """Give what was refused in the form of *where*, a thread or comment, or “new”."""
        is_here = self.refused is not None and self.refused.where == str(where)
        return self.refused if is_here else None

    @property
    def new_about(self) -> UUID | None:
        """Give the part that is chosen in the form of a new thread; None for the whole."""
        refused = self.refusal("new")
        told = refused.about if refused else str(self.talk.wanted.part or "")
        return next((part.pk for part in self.talk.parts if str(part.pk) == told), None)

    @property
    def close_url(self) -> str:
        """Give the address of the page without the panel."""
        return f"{self.page_url}?{self.rest}" if self.rest else self.page_url

    def query(self, **changes: object) -> str:
        """Give the query of the panel as it is looked at, with *changes*; "" leaves one out."""
        wanted = self.talk.wanted
        told: dict[str, object] = {
            "comments": wanted.show.value,
            "about": wanted.part or "",
            "from": wanted.start or "",
            **changes,
        }
        query = QueryDict(self.rest, mutable=True)
        for name, value in told.items():
            if value != "":
                query[name] = str(value)
        return query.urlencode()

    @property
    def here(self) -> str:
        """Give the query of the panel as it is looked at."""
        return self.query()

    @property
    def tabs(self) -> list[tuple[Show, int, str]]:
        """List what can be looked at, how many threads that is, and the query.

        What has no place any more, and what is said of the baseline, only where there is some.
        """
        counts, shown = self.talk.counts, self.talk.wanted.show
        return [
            (show, count, self.query(comments=show.value, **{"from": ""}))
            for show, count in counts.items()
            if count or show is shown or show not in _SELDOM
        ]

    @property
    def everywhere(self) -> str:
        """Give the query that shows comments on all parts."""
        return self.query(about="", **{"from": ""})

    @property
    def newer(self) -> str:
        """Give the query of newer threads, "" where there are none."""
        start = self.talk.newer
        return "" if start is None else self.query(**{"from": start or ""})

    @property
    def older(self) -> str:
        """Give the query of older threads, "" where there are none."""
        start = self.talk.older
        return "" if start is None else self.query(**{"from": start})
