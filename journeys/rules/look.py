"""How somebody looks at a map: what is shown, folded and filtered; all of it is in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from cxm.collaboration.rules.kinds import Grade
from journeys.rules.filtering import STATUSES, TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

ZOOMS = ("50", "75", "100", "125", "150", "fit")
USUAL_ZOOM = "100"
# "Changed since" offers so many days; a query of people's own is cut after so many signs.
CHANGED_DAYS = (1, 7, 30, 90)
LONGEST_QUERY = 100
_MOST_IDS = 80
# What a look without filters changes of one with some.
UNFILTERED: dict[str, Any] = {
    "persona": None,
    "q": "",
    "types": "",
    "status": "",
    "owner": None,
    "grade": "",
    "commented": False,
    "changed_days": 0,
    "tag": "",
}


def map_scope(journey: UUID) -> str:
    """Say under what the views are filed that people keep of the maps of *journey*, by its id.

    Stages, lanes and personas are the same in all of them.
    """
    return f"map {journey}"


@dataclass(frozen=True, slots=True)
class Look:
    """How a map is looked at.

    *stage*, *persona* and *lanes* narrow it to one stage, one persona, or some lanes; *toggled*
    are the stages and lanes that are folded though they would be open, or open though folded.
    *q* (lower case), *types*, *status*, *owner* (a member), *grade*, *commented*, *changed_days*
    and *tag* (lower case) filter cards (`journeys.rules.filtering`). With *shows_tags* cards and
    steps tell theirs. One that *is_whole* has all lanes of a big map at once.
    """

    stage: UUID | None = None
    persona: UUID | None = None
    lanes: frozenset[UUID] = frozenset()
    toggled: frozenset[UUID] = frozenset()
    q: str = ""
    types: str = ""
    status: str = ""
    owner: UUID | None = None
    grade: str = ""
    commented: bool = False
    changed_days: int = 0
    tag: str = ""
    shows_tags: bool = False
    zoom: str = USUAL_ZOOM
    is_whole: bool = False

    @property
    def filters(self) -> bool:
        """Whether cards are left out."""
        return any(getattr(self, name) for name in UNFILTERED)

    @property
    def hangs_on_more(self) -> bool:
        """Whether what is shown hangs on more than the map: the day, evidence, comments, owners."""
        return bool(self.changed_days or self.grade or self.commented or self.owner)

    def is_folded(self, lineage: UUID, *, usually: bool) -> bool:
        """Whether a stage or lane is folded that is *usually* so."""
        return usually != (lineage in self.toggled)

    def address(self, **changes: Any) -> str:
        """Give the query of this look with *changes*, "?stage=…"; "?" for the usual look.

        Keys are in one order, so that the same look is the same address.
        """
        told = {name: getattr(self, name) for name in self.__slots__} | changes
        if told["zoom"] == USUAL_ZOOM:
            told["zoom"] = ""
        pairs = {_KEYS.get(name, name): _text(value) for name, value in sorted(told.items())}
        return f"?{urlencode({key: text for key, text in pairs.items() if text})}"

    def toggling(self, lineage: UUID) -> str:
        """Give the query that folds what is open, or opens what is folded."""
        return self.address(toggled=self.toggled ^ {lineage})


def look_asked(query: Mapping[str, str]) -> Look:
    """Read a look from an address; what makes no sense in it is as usual."""
    days = query.get("changed", "")
    return Look(
        stage=_one_id(query.get("stage", "")),
        persona=_one_id(query.get("persona", "")),
        lanes=ids_in(query.get("lanes", "")),
        toggled=ids_in(query.get("toggle", "")),
        q=_words(query.get("filter", "")),
        types=_among(query.get("types", ""), TYPES),
        status=_among(query.get("status", ""), STATUSES),
        owner=_one_id(query.get("owner", "")),
        grade=_among(query.get("grade", ""), list(Grade)),
        commented=query.get("commented") == "1",
        changed_days=int(days) if days in {str(n) for n in CHANGED_DAYS} else 0,
        tag=_words(query.get("tag", "")),
        shows_tags=query.get("tags") == "1",
        zoom=_among(query.get("zoom", ""), ZOOMS) or USUAL_ZOOM,
        is_whole=query.get("whole") == "1",
    )


def ids_in(text: str) -> frozenset[UUID]:
    """Read ids that stand in an address, by commas; what is none is left out. At most 80."""
    found = set()
    for part in text.split(",")[:_MOST_IDS]:
        try:
            found.add(UUID(part))
        except ValueError:
            continue
    return frozenset(found)


_KEYS = {
    "q": "filter",
    "changed_days": "changed",
    "toggled": "toggle",
    "shows_tags": "tags",
    "is_whole": "whole",
}


def _words(text: str) -> str:
    return " ".join(text[:LONGEST_QUERY].casefold().split()).replace("\0", "")


def _among(text: str, choices: Any) -> str:
    return text if text in choices else ""


def _one_id(text: str) -> UUID | None:
    return next(iter(ids_in(text)), None)


def _text(value: Any) -> str:
    if isinstance(value, frozenset):
        return ",".join(sorted(map(str, value)))
    if value is True:
        return "1"
    return str(value) if value else ""
