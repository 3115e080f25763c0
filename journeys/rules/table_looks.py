"""How somebody looks at a map as a table: rows, order, columns and page; all in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journeys.rules.look import Look

STEPS, CARDS = "steps", "cards"
SIZES = (25, 50, 100)
_MOST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: what it is called, whether it is shown unless left out, and what it orders by.

    *field* is the field of the element that it edits, "" for what is only read.
    """

    key: str
    words: str
    is_usual: bool = True
    field: str = ""
    is_number: bool = False


STEP_COLUMNS = (
    TableColumn("title", "Step", field="title"),
    TableColumn("stage", "Stage"),
    TableColumn("description", "Description", field="description"),
    TableColumn("moment", "Moment of truth", field="moment_of_truth"),
    TableColumn("customers", "Importance to customers", field="importance_customer"),
    TableColumn("us", "Importance to us", field="importance_org"),
    TableColumn("feeling", "Feeling drawn", is_number=True),
    TableColumn("cards", "Cards", is_number=True),
    TableColumn("owner", "Owner", field="owner"),
    TableColumn("duration", "Expected duration", is_usual=False, field="expected_duration"),
    TableColumn("optional", "Optional", is_usual=False, field="optional"),
    TableColumn("repeatable", "Repeatable", is_usual=False, field="repeatable"),
    TableColumn("note", "Note for the presenter", is_usual=False, field="presenter_note"),
    TableColumn("tags", "Tags", is_usual=False, field="tags"),
    TableColumn("grade", "Evidence", is_usual=False),
    TableColumn("changed", "Changed", is_usual=False),
)
# What a card in a lane of the library or of channels shows is one column, whatever its kind.
SHOWN = "shown"
SHOWN_FIELDS = ("insight", "opportunity", "solution", "goal", "channel")
CARD_COLUMNS = (
    TableColumn("text", "Card", field="text"),
    TableColumn("lane", "Lane"),
    TableColumn("from", "First step", field="step_from"),
    TableColumn("to", "Last step", field="step_to"),
    TableColumn(SHOWN, "Shows", field=SHOWN),
    TableColumn("value", "Value", field="value"),
    TableColumn("persona", "Persona", field="persona"),
    TableColumn("colour", "Colour", field="colour"),
    TableColumn("address", "Address", is_usual=False, field="url"),
    TableColumn("icon", "Icon", is_usual=False, field="icon"),
    TableColumn("alt", "Words for the picture", is_usual=False, field="alt"),
    TableColumn("decorative", "Decorative", is_usual=False, field="is_decorative"),
    TableColumn("tags", "Tags", is_usual=False, field="tags"),
    TableColumn("grade", "Evidence", is_usual=False),
    TableColumn("changed", "Changed", is_usual=False),
)
COLUMNS = {STEPS: STEP_COLUMNS, CARDS: CARD_COLUMNS}


@dataclass(frozen=True, slots=True)
class TableLook:
    """How a map is looked at as a table.

    *look* filters as on the map. *sort* is the key of a column, "" for the order of the map;
    *is_down* turns it round. *columns* are the keys of those that are shown, in their usual order.
    """

    look: Look
    rows: str = STEPS
    sort: str = ""
    is_down: bool = False
    columns: tuple[str, ...] = ()
    size: int = SIZES[0]

    @property
    def all_columns(self) -> Sequence[TableColumn]:
        """List the columns that rows of this kind have."""
        return COLUMNS[self.rows]

    @property
    def noun(self) -> str:
        """Say what one row is."""
        return self.rows.removesuffix("s")

    @property
    def words(self) -> str:
        """Say what the rows are, as a title has it."""
        return self.rows.capitalize()

    @property
    def shown(self) -> list[TableColumn]:
        """List the columns that are shown: what a row is called, and those chosen, or the usual."""
        first, *rest = self.all_columns
        chosen = [column for column in rest if column.key in self.columns]
        return [first, *(chosen or [column for column in rest if column.is_usual])]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Give what the table adds to the address of its look, as names and values."""
        told = {
            "rows": "" if self.rows == STEPS else self.rows,
            "sort": f"{'-' if self.is_down else ''}{self.sort}" if self.sort else "",
            "columns": ",".join(self.columns),
            "size": "" if self.size == SIZES[0] else str(self.size),
        }
        return [(name, text) for name, text in told.items() if text]

    def address(self, **changes: Any) -> str:
        """Give the query of this table with *changes*, "?rows=cards&…"; "?" for the usual one."""
        names = [name for name in self.__slots__ if name in changes]
        told = {name: getattr(self, name) for name in self.__slots__}
        made = TableLook(**(told | {name: changes[name] for name in names}))
        rest = made.look.address().removeprefix("?")
        return f"?{'&'.join(filter(None, (urlencode(made.pairs), rest)))}"

    def sorting(self, column: TableColumn) -> str:
        """Give the query that sorts by *column*; asked for again it turns round, then ends."""
        if self.sort != column.key:
            return self.address(sort=column.key, is_down=False)
        return self.address(sort="" if self.is_down else self.sort, is_down=not self.is_down)

    def direction(self, column: TableColumn) -> str:
        """Say how the table is sorted by *column*, in the words of `aria-sort`; "" if it is not."""
        if self.sort != column.key:
            return ""
        return "descending" if self.is_down else "ascending"


def table_asked(query: Mapping[str, str], look: Look, columns: Sequence[str] = ()) -> TableLook:
    """Read a table from an address; what makes no sense in it is as usual.

    *columns* are the texts of `columns`, each one key or several with commas between.
    """
    rows = CARDS if query.get("rows") == CARDS else STEPS
    keys, choosable = [column.key for column in COLUMNS[rows]], COLUMNS[rows][1:]
    asked = {key for text in columns for key in text.split(",")}
    sort = query.get("sort", "")
    size = query.get("size", "")[:_MOST_DIGITS]
    usual = {column.key for column in choosable if column.is_usual}
    chosen = tuple(column.key for column in choosable if column.key in asked)
    return TableLook(
        look,
        rows,
        sort=sort.removeprefix("-") if sort.removeprefix("-") in keys else "",
        is_down=sort.startswith("-"),
        columns=() if set(chosen) == usual else chosen,
        size=int(size) if size in {str(one) for one in SIZES} else SIZES[0],
    )


def in_order[L](lines: Sequence[tuple[Any, L]], *, is_down: bool) -> list[L]:
    """Sort *lines*, pairs of what they are sorted by and themselves; None comes last both ways.

    Texts are compared as people do, without regard to capitals. Lines that are level keep their
    order.
    """
    told = [(_comparable(key), line) for key, line in lines]
    there = [one for one in told if one[0] is not None]
    there.sort(key=lambda one: one[0], reverse=is_down)
    return [line for _, line in there] + [line for key, line in told if key is None]


def _comparable(key: Any) -> Any:
    if isinstance(key, str):
        return key.casefold() or None
    return key
