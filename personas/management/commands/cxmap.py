"""Library files from the shell: take out, check, compare, take in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxm.kernel.clock import now
from cxm.kernel.cxmap.documents import read_document
from cxm.kernel.operations.records import Source
from cxm.tenants.binding import tenant_bound
from cxm.tenants.selectors import tenant_by_slug
from personas.errors import LibraryRefusedError
from personas.models import Persona, StakeholderMap
from personas.rules.cxmap_shapes import LIBRARY
from personas.selectors.library_files import personas_for_file, register_for_file
from personas.services.library_export import Chosen, export_library
from personas.services.library_import import Asking, apply_library, preview_library

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.kernel.cxmap.faults import Fault
    from cxm.tenants.models import Tenant
    from personas.rules.cxmap_import import Preview

DIFFERS = 1


class Command(BaseCommand):
    """`manage.py cxmap export|validate|diff|apply [FILE] --tenant SLUG [--dry-run]`."""

    help = (
        "Personas, stakeholders and stakeholder maps as one text file: take it out, check it, "
        "see what it would change (exit code 1 when it would), take it in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("deed", choices=["export", "validate", "diff", "apply"])
        parser.add_argument("file", nargs="?", default="-", help="the file; - is standard input")
        parser.add_argument("--tenant", help="short name of the tenant; validate needs none")
        parser.add_argument("--dry-run", action="store_true", help="apply: write nothing")
        parser.add_argument("--json", action="store_true", help="export: write JSON")
        parser.add_argument("--key", action="append", default=[], help="export: this persona only")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and print what came of it; raises CommandError in words."""
        if options["deed"] == "validate":
            self._validate(_content(options["file"]))
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
            found = self._take_in(tenant, _content(options["file"]), is_dry=is_dry)
        if options["deed"] == "diff" and found.does_something:
            sys.exit(DIFFERS)

    def _validate(self, content: bytes) -> None:
        found = read_document(content, LIBRARY)
        self._tell_faults(found.notices)
        if found.faults:
            self._tell_faults(found.faults)
            raise CommandError(_refusal(len(found.faults)))
        self.stdout.write("The file is right.")

    def _export(self, tenant: Tenant, options: dict[str, Any]) -> None:
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
        if options["file"] == "-":
            self.stdout.write(text, ending="")
        else:
            Path(options["file"]).write_text(text, encoding="utf-8")

    def _take_in(self, tenant: Tenant, content: bytes, *, is_dry: bool) -> Preview:
        asking = Asking(tenant, None, now(), Source.IMPORT)
        try:
            take = preview_library if is_dry else apply_library
            found = take(asking=asking, content=content)
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

    def _tell_faults(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.stderr.write(str(fault))


def _content(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error.strerror}.") from error


def _refusal(count: int) -> str:
    return f"{count} thing{'s are' if count > 1 else ' is'} wrong with the file."
