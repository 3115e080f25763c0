"""The sheets of a map as a workbook: what their columns are called, and how cells are written.

Files are written and read back by these. Rows are known by the keys of their lineages: what a row
does not say stays as it is on the map.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its values are in a map, and the word in its first row.

    Columns that *is_read* is not set for are told to people only; what is changed in them is left.
    """

    name: str
    head: str
    is_read: bool = True


MAP, CARDS, STEPS, LANES, INSIGHTS, INFO = "Map", "Cards", "Steps", "Lanes", "Insights", "Info"
# The sheets in the order of the workbook; in a zip of CSV files each is `<small name>.csv`.
SHEETS = (MAP, CARDS, STEPS, LANES, INSIGHTS, INFO)

CARD_COLUMNS = (
    Column("key", "Key"),
    Column("lane", "Lane"),  # its key, as of steps, personas and what is referred to
    Column("step_from", "Step"),
    Column("step_to", "To"),  # empty: the same step
    Column("text", "Text"),
    Column("value", "Value"),
    Column("persona", "Persona"),
    Column("reference", "Reference"),  # `kind:key`, such as channel:store
    Column("url", "Address"),
    Column("alt", "Words for the picture"),
    Column("icon", "Icon"),
    Column("colour", "Colour"),
    Column("tags", "Tags"),  # with commas between
    Column("file", "File", is_read=False),
)
STEP_COLUMNS = (
    Column("key", "Key"),
    Column("stage", "Stage"),
    Column("stage_title", "Stage title"),
    Column("title", "Title"),
    Column("description", "Description"),
    Column("moment_of_truth", "Moment of truth"),
    Column("importance_customer", "Importance to customers"),
    Column("importance_org", "Importance to us"),
    Column("expected_duration", "Expected duration"),  # ISO 8601, such as P3D
    Column("optional", "Optional"),
    Column("repeatable", "Repeatable"),
    Column("touchpoints", "Touchpoints"),  # a line each: `key role`
    Column("roles", "Roles"),  # a line each: `key role`
    Column("journeys", "Journeys inside"),  # a line each: `key`
    Column("presenter_note", "Note for the presenter"),
    Column("tags", "Tags"),  # with commas between
    Column("owner", "Owner", is_read=False),
)
LANE_COLUMNS = (
    Column("key", "Key"),
    Column("kind", "Kind"),
    Column("title", "Title"),
    Column("persona", "Persona"),
    Column("zone", "Zone"),
    Column("config", "Settings"),  # JSON, empty for none
    Column("is_collapsed", "Collapsed"),
    Column("is_hidden", "Hidden"),
    Column("is_locked", "Locked"),
)
INSIGHT_COLUMNS = (
    Column("key", "Key", is_read=False),
    Column("type", "Type", is_read=False),
    Column("title", "Title", is_read=False),
    Column("status", "Status", is_read=False),
    Column("impact", "Impact", is_read=False),
    Column("steps", "Steps", is_read=False),  # a line each: `key`
)
# The sheet Info holds pairs of words; a file that is read back is known by these.
INFO_HEADS = ("What", "Value")
INFO_FORMAT, FORMAT = "Format", "wayfare-map 1"
INFO_JOURNEY_KEY, INFO_MAP_NUMBER = "Journey key", "Map number"
# The sheet Map: the first column holds the titles of lanes, the first two rows those of stages
# and steps. Every line of a cell is a card; further lines of one card begin with this.
MAP_HEAD = "Lane"
CONTINUED = "\u00a0\u00a0"
YES, NO = "yes", "no"
# In CSV files this stands before a text that a program would take for a formula, and before one
# that begins with it: one of it at the start of a cell is always taken off.
CSV_GUARD = "'"


def yes_or_no(value: object) -> str:
    """Write whether something is so; nothing for no, so that a sheet stays easy to read."""
    return YES if value else ""


def lines_of(cell: str) -> list[list[str]]:
    """Read a cell of `key role` lines: the words of each line, without empty ones."""
    return [words for line in cell.splitlines() if (words := line.split())]
