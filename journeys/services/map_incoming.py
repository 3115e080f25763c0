"""Whatever comes as a file with maps, read as files of ours: by its content, not by its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cxm.kernel import sheets as kernel
from cxm.kernel.cxmap.documents import MAJOR, Document, read_document
from cxm.kernel.cxmap.shapes import NOBODY
from cxm.kernel.cxmap.writing import written
from cxm.kernel.queries import whole_number
from cxm.tenants.models import Membership
from cxm.touchpoints.rules.keys import suggested_key
from journeys.models import JourneyMap
from journeys.rules import sheet_columns as columns
from journeys.rules.cxmap_files import Incoming, read_files
from journeys.rules.cxmap_shapes import FILE, MAP_PROFILE
from journeys.rules.kinds import Level, MapState
from journeys.rules.mermaid import is_mermaid, read_mermaid
from journeys.rules.sheet_grid import grid_tree, read_grid
from journeys.rules.sheet_reading import Present, changed_tree
from journeys.selectors.journeys import map_sight_of
from journeys.selectors.map_files import curve_points
from journeys.services.map_files_out import file_tree
from personas.models import Persona
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.kernel.sheets import Reading, Sheets
    from cxm.tenants.models import Tenant
    from journeys.services.map_library_in import MapAsking

CXMAP, MERMAID, SHEETS = "cxmap", "mermaid", "sheets"
_ENDINGS = (".csv", ".tsv", ".txt")
_KNOWN = frozenset({columns.CARDS.casefold(), columns.STEPS.casefold(), columns.LANES.casefold()})


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: in which *form*, the *files*, and what is asked of them now.

    *reading* says how rows of text were read, where they were.
    """

    form: str
    files: list[Incoming]
    asking: MapAsking
    reading: Reading | None = None


def read_incoming(
    *, asking: MapAsking, content: bytes, name: str = "", reading: Reading | None = None
) -> Read:
    """Read *content* as what it is; what is wrong with it is among the faults of its files.

    A workbook, or CSV files, are about the map that they are put on, or that they name; a table
    alone makes a new map where it is put on none. *reading* is chosen for rows of text.
    """
    try:
        found = _sheets(content, name, reading)
    except kernel.SheetsRefusedError as error:
        document = Document()
        document.complain("", str(error))
        return Read(SHEETS, [Incoming(document, name)], asking, reading)
    if found is not None:
        return _of_sheets(asking, found, name)
    text = _text(content)
    if text is not None and is_mermaid(text):
        document = read_mermaid(text, _persona_keys(asking.tenant))
        if not document.faults:
            _check(document.tree, document)
        return Read(MERMAID, [Incoming(document)], asking)
    return Read(CXMAP, read_files(content, name), asking)


def _sheets(content: bytes, name: str, reading: Reading | None) -> Sheets | None:
    if kernel.is_workbook(content):
        return kernel.read_workbook(content)
    if kernel.is_zip_of_rows(content):
        return kernel.read_zip_of_rows(content, reading)
    stem, dot, ending = name.rpartition(".")
    if f"{dot}{ending}".casefold() not in _ENDINGS:
        return None
    title = stem.capitalize() if stem.casefold() in _KNOWN else columns.MAP
    return kernel.read_rows(content, title, reading)


def _of_sheets(asking: MapAsking, found: Sheets, name: str) -> Read:
    document = Document()
    onto = asking.onto or _named_map(asking, found)
    present = _present(onto, asking) if onto else Present(_new_tree(name))
    if any(title.casefold() in _KNOWN for title in found.rows):
        if onto is None:
            words = "These sheets are about a map that is not here: open it, and import them there."
            document.complain("", words)
        tree = changed_tree(found.rows, present, document)
    else:
        rows = next(iter(found.rows.values()), [])
        grid = read_grid(rows, document)
        tree = grid_tree(grid, present.tree, document) if grid else {}
    if not document.faults:
        _check(tree, document)
    asking = replace(asking, onto=onto) if onto else asking
    return Read(SHEETS, [Incoming(document, name)], asking, found.reading)


def _check(tree: dict[str, Any], document: Document) -> None:
    """Let a tree be read as the file that it would be; lines of that would tell nobody anything."""
    read = read_document(written(tree, FILE).encode(), FILE)
    document.tree = read.tree
    for fault in read.faults:
        document.complain(fault.path, fault.message)


def _named_map(asking: MapAsking, found: Sheets) -> JourneyMap | None:
    """Give the map that a workbook says it is of, where who asks may change it."""
    info = {row[0]: row[1] for row in found.rows.get(columns.INFO, []) if len(row) > 1}
    number = whole_number(info.get(columns.INFO_MAP_NUMBER, ""))
    key = info.get(columns.INFO_JOURNEY_KEY, "")
    if number is None or "\0" in key:
        return None
    rows = JourneyMap.objects.for_tenant(asking.tenant).filter(journey__key=key, number=number)
    row = rows.select_related("tenant", "journey__tenant", "journey__parent", "baseline").first()
    if row is None or asking.by is None:
        return row
    may_change = map_sight_of(row, _reader(asking), may_edit=True) >= Sight.CHANGE
    return row if may_change else None


def _reader(asking: MapAsking) -> Membership | None:
    return asking.by if isinstance(asking.by, Membership) else None


def _present(of: JourneyMap, asking: MapAsking) -> Present:
    text = written(file_tree(of, MAP_PROFILE, by=asking.by), FILE)
    return Present(read_document(text.encode(), FILE).tree, curve_points(of, NOBODY))


def _new_tree(name: str) -> dict[str, Any]:
    title = name.rpartition("/")[2].rpartition(".")[0].strip() or "A map from a table"
    key = suggested_key(title) or "journey"
    return {
        "cxmap": MAJOR,
        "profile": MAP_PROFILE,
        "journey": {"key": key, "title": title[:200], "level": Level.JOURNEY.value},
        "map": {"state": MapState.CURRENT.value, "name": title[:120]},
    }


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _persona_keys(tenant: Tenant) -> Mapping[str, str]:
    rows = Persona.objects.for_tenant(tenant).filter(archived_at=None).order_by("-key")
    return {name.casefold(): key for name, key in rows.values_list("name", "key")}
