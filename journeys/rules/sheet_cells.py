"""Cells of sheets that come back: what is in them, and whether somebody changed it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.workbooks import LONGEST_CELL
from journeys.rules.sheet_columns import NO, YES, Column, lines_of
from journeys.rules.tags import clean_tags, tags_written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxm.kernel.cxmap.documents import Document

_YES = frozenset({YES, "y", "true", "x", "1"})
_NO = frozenset({"", NO, "n", "false", "0"})
_FIRST = "primary"
# What no workbook holds; the writer leaves it out.
_UNWRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(slots=True)
class Row:
    """One row of a sheet: its *cells* by the names of columns; columns that are missing are not."""

    sheet: str
    line: int
    cells: dict[str, str]
    document: Document

    @property
    def path(self) -> str:
        """Give where it stands, for people."""
        return f"{self.sheet}, row {self.line}"

    def complain(self, words: str) -> None:
        """Say what is wrong with it."""
        self.document.places.setdefault(self.path, (self.line, 1))
        self.document.complain(self.path, words)

    def told(self, name: str) -> str:
        """Give the words in a cell, without blanks at their ends; empty where it is none."""
        return self.cells.get(name, "").strip()

    def text(self, name: str, before: Any) -> Any:
        """Give the text of a cell, or *before* where it says that, or is not there."""
        if name not in self.cells or self.cells[name] == as_cell(before):
            return before
        return self.cells[name] or None

    def flag(self, name: str, before: Any) -> Any:
        """Give yes or no, or *before* where the column is missing."""
        if name not in self.cells:
            return before
        word = self.told(name).casefold()
        if word not in _YES | _NO:
            self.complain(f"“{word[:20]}” is neither yes nor no.")
            return before
        return word in _YES

    def number(self, name: str, before: Any, *, is_whole: bool = False) -> Any:
        """Give a number, or *before* where the cell says that, or is not there."""
        if name not in self.cells or self.told(name) == as_cell(before):
            return before
        word = self.told(name)
        if not word:
            return None
        try:
            value = float(word.replace(",", ".") if "." not in word else word)
        except ValueError:
            self.complain(f"“{word[:20]}” is no number.")
            return before
        return int(value) if is_whole and value.is_integer() else value

    def settings(self, name: str, before: Any) -> Any:
        """Give settings that are written as JSON."""
        if name not in self.cells:
            return before
        try:
            found = json.loads(self.told(name) or "{}")
        except json.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            self.complain("The settings are no JSON in braces: leave them as they were exported.")
            return before
        return before if found == (before or {}) else found

    def tags(self, before: Sequence[str] | None) -> Any:
        """Give the tags in the column of these, or *before* where it says that, or is missing."""
        if self.cells.get("tags") in {None, as_cell(tags_written(before or ()))}:
            return before
        try:
            return clean_tags([self.cells["tags"]])
        except ValueError as error:
            self.complain(f"Tags: {error}")
            return before

    def items(self, name: str, before: Sequence[Mapping[str, Any]] | None) -> Any:
        """Give items of `key role` lines; of those that were there the rest stays as it was."""
        if name not in self.cells:
            return before
        # What is usual is not in the tree, but in the cell.
        known = {(one["key"], one.get("role", _FIRST)): one for one in before or ()}
        usual = {one["key"]: one for one in before or ()}
        found = []
        for words in lines_of(self.cells[name]):
            role = words[1] if len(words) > 1 else None
            there = known.get((words[0], role)) or (usual.get(words[0]) if role is None else None)
            found.append(there or {"key": words[0], **({"role": role} if role else {})})
        return found


def rows_of(
    sheet: str, rows: Sequence[Sequence[str]], columns: Sequence[Column], document: Document
) -> list[Row]:
    """Give the rows of a sheet below its heads; columns are known by these, in any order."""
    if not rows:
        return []
    names = {one.head.casefold(): one.name for one in columns if one.is_read}
    heads = [names.get(head.strip().casefold(), "") for head in rows[0]]
    if "key" not in heads:
        Row(sheet, 1, {}, document).complain("The column “Key” is missing: rows are known by it.")
        return []
    found = []
    for line, row in enumerate(rows[1:], start=2):
        cells = {name: cell for name, cell in zip(heads, row, strict=False) if name}
        if any(cell.strip() for cell in cells.values()):
            found.append(Row(sheet, line, cells, document))
    return found


def as_cell(value: Any) -> str:
    """Write a value as the sheets that are exported do."""
    if value is None or value is False:
        return ""
    if value is True:
        return YES
    if isinstance(value, int | float):
        return f"{value:.12g}"
    return _UNWRITTEN.sub("", str(value))[:LONGEST_CELL]
