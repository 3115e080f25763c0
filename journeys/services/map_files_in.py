"""Taking files of maps in: what they would do, and doing it, all or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.cxmap.documents import Document
from cxm.kernel.cxmap.writing import written
from cxm.tenants.audit import record
from journeys.rules.cxmap_files import Incoming, checked
from journeys.rules.cxmap_mentions import mentioned
from journeys.rules.cxmap_shapes import FILE, is_own_kept
from journeys.selectors.map_files import ids_of
from journeys.services.map_documents_in import claim_lineages, take_journey, take_map
from journeys.services.map_library_in import Desk, MapAsking, take_items, take_registries
from journeys.services.map_promises_in import take_bindings, take_targets
from journeys.services.map_scores_in import take_score_models
from personas.errors import LibraryRefusedError, LibraryStaleError
from personas.models import Persona, Stakeholder, StakeholderMap
from personas.rules.cxmap_import import Becomes, Choice, Preview
from personas.services.library_import import LibraryWork

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.models import JourneyMap

_THEIRS = (
    ("persona", "personas", Persona),
    ("stakeholder", "stakeholders", Stakeholder),
    ("map", "stakeholder_maps", StakeholderMap),
)


@dataclass(slots=True)
class Outcome:
    """What became of files, or would: one preview for all of them, and the *maps* they hold."""

    preview: Preview
    maps: list[JourneyMap] = field(default_factory=list)


def preview_files(*, asking: MapAsking, files: Sequence[Incoming]) -> Outcome:
    """Tell what taking *files* in would do, and everything that is wrong with them.

    It is done and taken back, so that what is told is what would happen.
    """
    with transaction.atomic():
        found = _taken(asking, files)
        transaction.set_rollback(True)
    return found


def apply_files(*, asking: MapAsking, files: Sequence[Incoming], seen: str = "") -> Outcome:
    """Take *files* in, in their order, all of them or nothing; give what was done.

    Each map is changed by one batch of operations, after a snapshot of it. Raises
    LibraryRefusedError with the preview where something is wrong, and LibraryStaleError where
    *seen* (of a preview) is not what is here any more.
    """
    with transaction.atomic():
        found = _taken(asking, files)
        # Raised inside, so that what was written goes back.
        if found.preview.faults:
            raise LibraryRefusedError(found.preview)
        if seen and seen != found.preview.seen:
            raise LibraryStaleError(found.preview)
        counts = found.preview.counts
        action = "map-imported" if found.maps else "library-imported"
        record(tenant=asking.tenant, action=action, by=asking.by, changes=counts)
    return found


def take_tree(*, asking: MapAsking, tree: dict[str, Any]) -> JourneyMap:
    """Lay what a *tree* says on a map, as a file would; give the map. No entry for the audit log.

    Raises LibraryRefusedError where something is wrong with it, or no map comes of it.
    """
    with transaction.atomic():
        found = _taken(asking, [Incoming(Document(tree=tree))])
        if found.preview.faults or not found.maps:
            raise LibraryRefusedError(found.preview)
    return found.maps[0]


def _taken(asking: MapAsking, files: Sequence[Incoming]) -> Outcome:
    found = Outcome(Preview())
    seen: list[str] = []
    # What is wrong with the files in themselves is told of all of them.
    wrong = [one for one in files if checked(one.document).faults]
    for number, one in enumerate(files, start=1):
        desk = Desk(replace(asking, number=one.number or asking.number), one.document)
        if not wrong and not found.preview.faults:
            _take(desk, found, f"map-{number}" if len(files) > 1 else "map")
        _tell(found.preview, desk, one.name if len(files) > 1 else "")
        seen += ["" if one.document.faults else written(one.document.tree, FILE), *desk.heads]
    found.preview.seen = hashlib.sha256("\n".join(seen).encode()).hexdigest()
    return found


def _tell(preview: Preview, desk: Desk, name: str) -> None:
    """Add what became of one file; of several each says what it is called."""
    told, prefix = desk.document, f"{name}: " if name else ""
    preview.faults += [replace(f, message=prefix + f.message) for f in sorted(told.faults)]
    preview.notices += [replace(f, message=prefix + f.message) for f in sorted(told.notices)]
    preview.parts += desk.parts


def _take(desk: Desk, found: Outcome, key: str) -> None:
    """Take one file in; what is wrong with it is complained of to its document."""
    document = desk.document
    if not _take_theirs(desk):
        return
    desk.ids |= ids_of(desk.asking.tenant, mentioned(document.tree))
    take_registries(desk)
    take_score_models(desk)
    if "map" not in document.tree:
        take_items(desk)
        return
    journey = take_journey(desk)
    if journey is None:
        return
    lineages = claim_lineages(desk, journey)
    take_bindings(desk, journey)
    take_items(desk)
    # Reading on tells of all that is wrong with the map, too; nothing is written then.
    made, part = take_map(desk, journey, lineages, key)
    if made is not None:
        if not document.faults:
            take_targets(desk, made, part)
        found.maps.append(made)


def _take_theirs(desk: Desk) -> bool:
    """Take personas, stakeholders and their maps in, as a library file is; whether all is well.

    Beside a map those that are here already are used as they are, if nothing else is chosen.
    """
    choices, there = dict(desk.asking.choices), set()
    for kind, folder, model in _THEIRS:
        keys = [item["key"] for item in desk.library.get(folder, ())]
        rows = model.objects.for_tenant(desk.asking.tenant).filter(key__in=keys)
        for key in rows.values_list("key", flat=True):
            there.add(f"{kind}.{key}")
            choices[f"{kind}.{key}"] = desk.chosen(kind, key, is_here=True).value
    asking, tree = replace(desk.asking, choices=choices), desk.document.tree
    work = LibraryWork(asking, desk.document, lambda path: is_own_kept(path, tree))
    work.look()
    if desk.document.faults:
        desk.parts += work.preview().parts
        return False
    work.write()
    told = work.preview()
    for part in told.parts:
        part.choice = Choice(choices.get(part.field, part.choice.value))
        if part.becomes is Becomes.LEFT_OUT and part.field in there:
            part.becomes = Becomes.LINKED
    desk.parts += told.parts
    desk.heads += [*work.personas.heads, *work.register.heads, *work.maps.heads]
    return not desk.document.faults
