"""What must be settled before the first row of a file is read for checking or loading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cxm.work.models import Batch
from feedback.adapters.event_file import settle_event_orders
from feedback.adapters.event_mapping import EventMapping, FileMapping, read_mapping
from feedback.adapters.mapping import to_json
from feedback.adapters.mapping_check import MappingProblem
from feedback.adapters.survey_file import settle_date_order
from feedback.adapters.table import open_table
from feedback.errors import MappingRefusedError, NotMappedError
from feedback.selectors.surveys import nameless_keys
from feedback.services.file_reading import path_of, told_in_words
from feedback.services.naming import mapping_problems
from feedback.services.registering import metric_scales

if TYPE_CHECKING:
    from feedback.models import Import


_NUL = "a text holds the sign NUL, which cannot be stored. Leave it out."


def mapping_of(imported: Import) -> FileMapping:
    """Read the mapping stored with *imported*; raises NotMappedError when there is none."""
    if imported.mapping is None:
        raise NotMappedError
    return readable_mapping(imported.mapping)


def batch_of(imported: Import) -> Batch:
    """Load the batch that *imported* writes into; raises NotMappedError before loading began."""
    if imported.batch_id is None:
        raise NotMappedError
    return Batch.objects.for_tenant(imported.tenant_id).get(pk=imported.batch_id)


def readable_mapping(plain: object) -> FileMapping:
    """Read a mapping off a JSON value; raises MappingRefusedError naming the field."""
    with told_in_words():
        return read_mapping(json.dumps(plain))


def plain_mapping(mapping: FileMapping) -> dict[str, object]:
    """Give *mapping* as the JSON object that is stored and exported.

    Raises MappingRefusedError for the sign NUL, which cannot be stored.
    """
    text = to_json(mapping).decode()
    # A backslash that somebody typed is written as two.
    if "\\u0000" in text.replace("\\\\", ""):
        raise MappingRefusedError([MappingProblem("mapping", _NUL)])
    plain: dict[str, object] = json.loads(text)
    return plain


def require_usable(imported: Import, mapping: FileMapping) -> None:
    """Raise MappingRefusedError with all problems when the file cannot be loaded by *mapping*."""
    with told_in_words(), open_table(path_of(imported), mapping.dialect) as table:
        problems = mapping_problems(mapping, table.heads, metric_scales(imported.tenant))
    problems += _nameless_survey(imported, mapping)
    if problems:
        raise MappingRefusedError(problems)


def _nameless_survey(imported: Import, mapping: FileMapping) -> list[MappingProblem]:
    """Refuse a file for an anonymous survey: its answers come by its own pages only."""
    if isinstance(mapping, EventMapping) or not nameless_keys(
        imported.tenant, [mapping.survey.key]
    ):
        return []
    words = (
        f"“{mapping.survey.key}” is anonymous: only its own pages take answers. Use another key."
    )
    return [MappingProblem("survey.key", words)]


def settled_mapping(imported: Import) -> FileMapping:
    """Give the stored mapping, usable and with the order of day and month decided.

    The order is decided by whole columns of times, and stored; where a column does not decide
    it, MappingRefusedError asks for it. Reads the file to its end once.
    """
    mapping = mapping_of(imported)
    require_usable(imported, mapping)
    with told_in_words(), open_table(path_of(imported), mapping.dialect) as table:
        settled: FileMapping = (
            settle_event_orders(table, mapping)
            if isinstance(mapping, EventMapping)
            else settle_date_order(table, mapping)
        )
    if settled != mapping:
        require_usable(imported, settled)
        imported.mapping = plain_mapping(settled)
        imported.save(update_fields=["mapping"])
    return settled
