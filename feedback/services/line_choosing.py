"""Saying what a line of a file is, and changing one's mind about it without losing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from feedback.adapters.event_carry import carried
from feedback.adapters.event_mapping import EventMapping
from feedback.adapters.event_suggest import earlier_in, suggest_events
from feedback.adapters.line_kind import likely_line, lines_that_fit
from feedback.errors import LineUnfitError
from feedback.models import Import
from feedback.services.earlier_files import earlier_lines
from feedback.services.preparing import plain_mapping, readable_mapping
from feedback.services.previewing import dialect_in, profile_in
from feedback.services.receiving import require_idle

if TYPE_CHECKING:
    from feedback.adapters.event_mapping import FileMapping
    from feedback.adapters.line_kind import Line

ANSWER = "response"


def mapping_so_far(imported: Import) -> FileMapping:
    """Give what is said or suggested of the columns of a file that was looked into."""
    return readable_mapping(imported.mapping or imported.preview["suggestion"])


def line_so_far(imported: Import) -> Line:
    """Say what a line is: as a person said, else what is most likely."""
    if imported.mapping is not None or imported.preview.get("line"):
        return mapping_so_far(imported).line
    return likely_line_of(imported)


def likely_line_of(imported: Import) -> Line:
    """Say what a line most likely is, by the heads and values of the file."""
    columns = [profile_in(column) for column in imported.preview["columns"]]
    answers = imported.preview.get("drafts", {}).get(ANSWER) or imported.preview["suggestion"]
    return likely_line(columns, has_scores=bool(answers.get("scores")))


@transaction.atomic
def choose_line(*, imported: Import, line: Line) -> None:
    """Say what a line is: the columns are filled in anew for it.

    What was said for another kind is kept, and comes back with that kind; what fits both is taken
    over. Raises LineUnfitError for a kind that such a file cannot be, MappingFixedError once rows
    of the file are in, and ImportBusyError while a step of the import runs.
    """
    require_idle(imported)
    columns = [profile_in(column) for column in imported.preview["columns"]]
    if line not in lines_that_fit(columns):
        raise LineUnfitError
    before = mapping_so_far(imported)
    preview = dict(imported.preview)
    drafts = {**preview.get("drafts", {}), before.line: plain_mapping(before)}
    if line != before.line:
        preview["suggestion"] = drafts.get(line) or plain_mapping(
            _suggested(imported, line, before)
        )
        _change(imported, preview | {"line": line, "drafts": drafts})
    elif preview.get("line") != line:
        imported.preview = preview | {"line": line}
        imported.save(update_fields=["preview"])


@transaction.atomic
def keep_draft(*, imported: Import, mapping: FileMapping) -> None:
    """Keep what was said of the columns so far, right or wrong, before something else is done.

    Raises MappingFixedError and ImportBusyError as `choose_line` does, and MappingRefusedError
    for what no form offers: that could not be read again.
    """
    require_idle(imported)
    suggestion = plain_mapping(mapping)
    readable_mapping(suggestion)
    _change(imported, {**imported.preview, "suggestion": suggestion, "line": mapping.line})


def _suggested(imported: Import, line: Line, before: FileMapping) -> EventMapping:
    """Suggest what the columns are, with what a person has decided before."""
    fresh = suggest_events(
        [profile_in(column) for column in imported.preview["columns"]],
        line,
        file_name=imported.file_name,
        today=imported.created_at.date(),
        dialect=dialect_in(imported.preview),
        earlier=earlier_in(earlier_lines(imported.tenant)),
    )
    is_decided = imported.mapping is not None or imported.preview.get("line")
    return carried(fresh, before) if is_decided else fresh


def _change(imported: Import, preview: dict[str, object]) -> None:
    """Put *preview* in the place of what was said; a check that was made no longer counts."""
    imported.preview, imported.mapping, imported.check_report = preview, None, None
    imported.state, imported.error = Import.State.UPLOADED, ""
    imported.save(update_fields=["preview", "mapping", "check_report", "state", "error"])
