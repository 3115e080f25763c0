"""The maps to begin with that come with the product, each kept as a file beside this module."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.documents import read_document
from cxm.kernel.cxmap.own_keys import own_parts
from journeys.rules.cxmap_shapes import FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BLANK = "blank"
# In the order in which they are offered; the name of a file is the key of its template.
BUILT_IN = (
    BLANK,
    "customer",
    "blueprint",
    "business-buying",
    "onboarding",
    "support-case",
    "renewal",
    "omnichannel-shop",
    "employee",
    "public-service",
)
# Where a file of a template says what it is for; nothing of a map.
OWN = "x-template"
_FOLDER = Path(__file__).parent / "starters"


@dataclass(frozen=True, slots=True)
class Template:
    """A map to begin with: what to call it, what it is for, and what is on it, for a preview.

    *document* is the text of its file. *stages* are titles, each with those of its steps; *lanes*
    are titles with their kinds. What is *built_in* comes with the product. *locked* and *required*
    are paths of parts that stay on maps that begin as it, and that are to be filled there.
    """

    key: str
    title: str
    purpose: str
    document: str
    stages: tuple[tuple[str, tuple[str, ...]], ...]
    lanes: tuple[tuple[str, str], ...]
    is_built_in: bool = True
    locked: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    @property
    def stage_count(self) -> int:
        """Count the stages."""
        return len(self.stages)

    @property
    def lane_count(self) -> int:
        """Count the lanes."""
        return len(self.lanes)

    @property
    def step_count(self) -> int:
        """Count the steps of all stages."""
        return sum(len(steps) for _, steps in self.stages)


@cache
def built_in_templates() -> tuple[Template, ...]:
    """Give the templates that come with the product, in the order in which they are offered."""
    return tuple(_read(key) for key in BUILT_IN)


def template_of(
    key: str,
    document: str,
    *,
    title: str,
    purpose: str,
    locked: Sequence[str],
    required: Sequence[str],
) -> Template:
    """Give what a file tells of a template that somebody has made of a map."""
    tree = read_document(document.encode(), FILE).tree
    told = _told(key, document, tree, title=title, purpose=purpose, is_built_in=False)
    return replace(told, locked=tuple(locked), required=tuple(required))


def laid_out_tree(document: str, head: Mapping[str, Any]) -> dict[str, Any]:
    """Read what a template lays on a map: no promises, and nothing of its own.

    *head* is what the map says of itself; keys that somebody has put beside that stay.
    """
    tree = read_document(document.encode(), FILE).tree
    left_out = {"targets", "library", OWN}
    told = {name: part for name, part in tree.items() if name not in left_out}
    return told | {"map": {**own_parts(tree.get("map", {})), **head}}


def _read(key: str) -> Template:
    document = (_FOLDER / f"{key}.yaml").read_text(encoding="utf-8")
    tree = read_document(document.encode(), FILE).tree
    title, purpose = tree["journey"]["title"], tree[OWN]["purpose"]
    return _told(key, document, tree, title=title, purpose=purpose, is_built_in=True)


def _told(
    key: str,
    document: str,
    tree: Mapping[str, Any],
    *,
    title: str,
    purpose: str,
    is_built_in: bool,
) -> Template:
    stages = tuple(
        (stage["title"], tuple(step["title"] for step in stage["steps"]))
        for stage in tree.get("stages", ())
    )
    lanes = tuple(
        (lane.get("title") or lane.get("config", {}).get("label", ""), lane["kind"])
        for lane in tree.get("lanes", ())
    )
    return Template(key, title, purpose, document, stages, lanes, is_built_in)
