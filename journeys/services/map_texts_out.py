"""A map as text: cxmap in YAML or JSON, Mermaid, Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.cxmap.documents import read_document
from cxm.kernel.cxmap.writing import written
from cxm.tenants.audit import record
from journeys.rules.cxmap_mentions import mentioned
from journeys.rules.cxmap_shapes import BUNDLE_PROFILE, FILE, MAP_PROFILE
from journeys.rules.map_markdown import written_markdown
from journeys.rules.mermaid import written_mermaid
from journeys.selectors.map_files import titles_of
from journeys.services.map_files_out import (
    TextFile,
    check_exportable,
    export_map,
    file_name,
    file_tree,
)

if TYPE_CHECKING:
    from cxm.tenants.models import ApiKey, Membership
    from journeys.models import JourneyMap

SYNTAXES = {
    "yaml": "application/yaml",
    "json": "application/json",
    "mermaid": "text/plain",
    "markdown": "text/markdown",
}
_ENDINGS = {"mermaid": "mmd", "markdown": "md"}


@transaction.atomic
def export_text(
    *,
    of: JourneyMap,
    syntax: str,
    by: Membership | ApiKey | None,
    may_edit: bool = True,
    is_keys_only: bool = False,
) -> TextFile:
    """Write a map in *syntax*, a key of SYNTAXES; who took it out is kept in the audit log.

    Mermaid and Markdown end with comments on what is lost in them. Raises RestrictedError where the
    journey is restricted and who asks may not edit.
    """
    check_exportable(of.journey, may_edit=may_edit)
    if syntax in {"yaml", "json"}:
        profile = MAP_PROFILE if is_keys_only else BUNDLE_PROFILE
        return export_map(of=of, by=by, profile=profile, as_json=syntax == "json")
    tree = read_document(written(file_tree(of, MAP_PROFILE, by=by), FILE).encode(), FILE).tree
    names = titles_of(of.tenant, mentioned(tree))
    if syntax == "mermaid":
        text, lost = written_mermaid(tree, names.get("persona", {}))
        notes = "".join(f"%% not in this diagram: {one}\n" for one in lost)
    else:
        text, lost = written_markdown(tree, names)
        notes = "\n---\n\nNot in this document:\n\n" if lost else ""
        notes += "".join(f"- {one}\n" for one in lost)
    record(tenant=of.tenant, action="map-exported", by=by, about=of, changes={"as": syntax})
    return TextFile(f"{file_name(of)}.{_ENDINGS[syntax]}", text + notes)
