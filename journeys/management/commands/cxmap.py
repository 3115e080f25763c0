"""Journeys and library files from the shell: take out, check, compare, take in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.binding import tenant_bound
from cxm.tenants.selectors import tenant_by_slug
from journeys.models import Journey
from journeys.rules.cxmap_files import Incoming, checked, in_order, read_files
from journeys.rules.cxmap_shapes import BUNDLE_PROFILE, MAP_PROFILE
from journeys.selectors.journeys import maps_of
from journeys.services.map_files_in import apply_files, preview_files
from journeys.services.map_files_out import export_journey, export_map, journey_files
from journeys.services.map_library_in import MapAsking
from personas.errors import LibraryRefusedError
from personas.models import Persona, StakeholderMap
from personas.selectors.library_files import personas_for_file, register_for_file
from personas.services.library_export import Chosen, export_library

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.kernel.cxmap.faults import Fault
    from cxm.tenants.models import Tenant
    from personas.rules.cxmap_import import Preview

DIFFERS = 1
_TEXT_ENDINGS = (".yaml", ".yml", ".json")


class Command(BaseCommand):
    """`manage.py cxmap export|validate|diff|apply [FILE] --tenant SLUG [--dry-run]`."""

    help = (
        "Journeys, personas and the library as text files: take them out, check them, see what "
        "they would change (exit code 1 when they would), take them in. FILE may be a folder or "
        "a zip of a journey."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("deed", choices=["export", "validate", "diff", "apply"])
        parser.add_argument("file", nargs="?", default="-", help="file or folder; - is standard")
        parser.add_argument("--tenant", help="short name of the tenant; validate needs none")
        parser.add_argument("--dry-run", action="store_true", help="apply: write nothing")
        parser.add_argument("--json", action="store_true", help="export: write JSON")
        parser.add_argument("--key", action="append", default=[], help="export: this persona only")
        parser.add_argument("--journey", help="export: the journey with this key")
        parser.add_argument("--map", type=int, help="export: the map with this number, alone")
        parser.add_argument(
            "--keys-only", action="store_true", help="export of a map: without the library it uses"
        )
        parser.add_argument(
            "--choose",
            action="append",
            default=[],
            metavar="KIND.KEY=CHOICE",
            help="diff, apply: take, copy or leave one part, as insight.late=leave",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and print what came of it; raises CommandError in words."""
        if options["deed"] == "validate":
            self._validate(_files(options["file"]))
            return
        tenant = tenant_by_slug(options["tenant"] or "")
        if tenant is None:
            words = f"There is no tenant “{options['tenant'] or ''}”. Name one with --tenant."
            raise CommandError(words)
        with tenant_bound(tenant.pk):
            if options["deed"] == "export":
                self._export(tenant, options)
                return
            is_dry = options["deed"] == "diff" or options["dry_run"]
            found = self._take_in(tenant, options, is_dry=is_dry)
        if options["deed"] == "diff" and found.does_something:
            sys.exit(DIFFERS)

    def _validate(self, files: list[Incoming]) -> None:
        wrong = 0
        for one in files:
            document = checked(one.document)
            self._tell_faults(document.notices, one.name)
            self._tell_faults(document.faults, one.name)
            wrong += len(document.faults)
        if wrong:
            raise CommandError(_refusal(wrong))
        self.stdout.write("The file is right." if len(files) == 1 else "The files are right.")

    def _export(self, tenant: Tenant, options: dict[str, Any]) -> None:
        if options["journey"]:
            self._export_journey(tenant, options)
            return
        if options["key"]:
            rows = Persona.objects.for_tenant(tenant).filter(key__in=options["key"])
            chosen = Chosen(list(rows))
            if missing := set(options["key"]) - {one.key for one in rows}:
                raise CommandError(f"There is no persona {', '.join(sorted(missing))}.")
        else:
            # The operator sees hidden maps, too.
            maps = StakeholderMap.objects.for_tenant(tenant).filter(archived_at=None)
            chosen = Chosen(personas_for_file(tenant), register_for_file(tenant), list(maps))
        text = export_library(
            tenant=tenant, chosen=chosen, by=None, is_private=True, as_json=options["json"]
        )
        self._write(options["file"], text)

    def _export_journey(self, tenant: Tenant, options: dict[str, Any]) -> None:
        rows = Journey.objects.for_tenant(tenant).select_related("tenant", "parent")
        journey = rows.filter(key=options["journey"]).first()
        if journey is None:
            raise CommandError(f"There is no journey “{options['journey']}”.")
        maps = maps_of(journey).filter(archived_at=None).order_by("number")
        maps = maps.select_related("tenant", "journey__tenant", "journey__parent", "baseline")
        if options["map"] is not None:
            found = maps.filter(number=options["map"]).first()
            if found is None:
                raise CommandError(f"This journey has no map {options['map']}.")
            profile = MAP_PROFILE if options["keys_only"] else BUNDLE_PROFILE
            told = export_map(of=found, by=None, profile=profile, as_json=options["json"])
            self._write(options["file"], told.text)
            return
        path = Path(options["file"])
        if path.suffix == ".zip":
            path.write_bytes(export_journey(journey=journey, maps=list(maps), by=None))
            return
        if options["file"] == "-":
            words = "A journey is several files: name a folder or a .zip, or one map with --map."
            raise CommandError(words)
        path.mkdir(parents=True, exist_ok=True)
        for one in journey_files(journey, list(maps)):
            (path / one.name).write_text(one.text, encoding="utf-8")

    def _write(self, name: str, text: str) -> None:
        if name == "-":
            self.stdout.write(text, ending="")
        else:
            Path(name).write_text(text, encoding="utf-8")

    def _take_in(self, tenant: Tenant, options: dict[str, Any], *, is_dry: bool) -> Preview:
        choices = dict(one.partition("=")[::2] for one in options["choose"])
        asking = MapAsking(tenant, None, now(), Source.IMPORT, choices)
        files = _files(options["file"])
        try:
            take = preview_files if is_dry else apply_files
            found = take(asking=asking, files=files).preview
        except LibraryRefusedError as error:
            found = error.preview
        if found.faults:
            self._tell_faults(found.faults)
            raise CommandError(_refusal(len(found.faults)))
        self._tell_faults(found.notices)
        self._tell(found)
        return found

    def _tell(self, found: Preview) -> None:
        for part in found.parts:
            self.stdout.write(f"{part.becomes.value}: {part.kind_words} {part.target_key}")
            for step in part.steps:
                change = f": {step.before or '–'} → {step.after or '–'}"
                is_field = step.before or step.after
                self.stdout.write(f"  {step.words}{change if is_field else ''}")

    def _tell_faults(self, faults: Iterable[Fault], name: str = "") -> None:
        for fault in faults:
            self.stderr.write(f"{name}: {fault}" if name else str(fault))


def _files(name: str) -> list[Incoming]:
    """Read what is named: a file, a zip, or the files of a folder."""
    try:
        if name == "-":
            return read_files(sys.stdin.buffer.read())
        path = Path(name)
        if not path.is_dir():
            return read_files(path.read_bytes(), path.name)
        names = [one for one in path.iterdir() if one.suffix in _TEXT_ENDINGS]
        return in_order(read_files(one.read_bytes(), one.name)[0] for one in names)
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error.strerror}.") from error


def _refusal(count: int) -> str:
    return f"{count} thing{'s are' if count > 1 else ' is'} wrong with the file."
