"""Taking a file in: stored and fingerprinted first, looked at then, never trusted by its name."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from msgspec import structs

from cxm.kernel.ids import new_id
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from cxm.work.services import start_job
from feedback.adapters.event_mapping import EventMapping, event_columns_in
from feedback.adapters.event_suggest import earlier_in
from feedback.adapters.mapping_check import MappingProblem
from feedback.adapters.profile import profile_table
from feedback.adapters.suggest import suggest_mapping, with_thread
from feedback.adapters.suggest_scores import unsettled_in
from feedback.adapters.table import open_table
from feedback.errors import (
    FileTooLargeError,
    FileUnusableError,
    ImportBusyError,
    MappingFixedError,
    MappingRefusedError,
)
from feedback.models import Import, ImportRecipe
from feedback.services.earlier_files import earlier_lines
from feedback.services.file_reading import path_of, told_in_words
from feedback.services.preparing import plain_mapping, readable_mapping
from feedback.services.previewing import dialect_in, preview_of, profiled, signature
from feedback.services.registering import metric_scales

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant
    from feedback.adapters.dialect import Choices, Dialect
    from feedback.adapters.event_mapping import FileMapping
    from feedback.adapters.profile import TableProfile
    from feedback.adapters.scales import MetricScale

PROFILE = "feedback.profile_file"
AT_ONCE_BYTES = 2_000_000
LONGEST_NAME = 255
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")


def receive_file(
    *,
    tenant: Tenant,
    name: str,
    chunks: Iterable[bytes],
    by: Membership | ApiKey | None,
    now: datetime,
) -> Import:
    """Store the bytes in *chunks* as a new import, and find out how the file is written.

    *name* is only shown, never believed. Raises FileTooLargeError above IMPORT_MAX_BYTES and
    FileUnusableError where the bytes are no table; nothing stays behind then.
    """
    imported = Import(
        pk=new_id(),
        tenant=tenant,
        file_name=_plain_name(name),
        by=None if isinstance(by, ApiKey) else by,
        created_at=now,
    )
    imported.file_path = f"{tenant.pk}/imports/{imported.pk}"
    path = Path(settings.MEDIA_ROOT) / imported.file_path
    try:
        imported.bytes, imported.sha256 = _stored(path, chunks)
        with told_in_words():
            imported.preview = preview_of(path)
        with transaction.atomic():
            imported.save(force_insert=True)
            record(tenant=tenant, action="file-received", by=by, about=imported)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return imported


@transaction.atomic
def look_into(*, imported: Import, by: Membership | ApiKey | None, now: datetime) -> None:
    """Profile the columns and suggest a mapping: at once for a small file, else as a job.

    A recipe that was kept for a file with the same heads goes before the suggestion. Raises
    FileUnusableError, MappingFixedError and ImportBusyError.
    """
    require_idle(imported)
    if imported.bytes <= AT_ONCE_BYTES:
        profile_file(imported=imported)
        return
    imported.job = start_job(
        tenant=imported.tenant,
        kind=PROFILE,
        title=f"Looking into {imported.file_name}"[:200],
        by=None if isinstance(by, ApiKey) else by,
        now=now,
        import_id=str(imported.pk),
    )
    imported.save(update_fields=["job"])


def require_idle(imported: Import) -> None:
    """Hold the import's row, and refuse where a step runs or rows are in.

    Raises ImportBusyError and MappingFixedError.
    """
    rows = Import.objects.for_tenant(imported.tenant_id).select_for_update(of=("self",))
    stored = rows.get(pk=imported.pk)
    if stored.batch_id:
        raise MappingFixedError
    if stored.state in Import.RUNNING_STATES:
        raise ImportBusyError(stored.get_state_display())


def profile_file(*, imported: Import) -> None:
    """Read every row of the file once for what its columns hold, and suggest a mapping.

    Both go into `preview`: `columns` and `suggestion`, and `recipe` when one fits. Raises
    FileUnusableError and FileGoneError.
    """
    path = path_of(imported)
    dialect = dialect_in(imported.preview)
    scales = metric_scales(imported.tenant)
    with told_in_words():
        with open_table(path, dialect) as table:
            profile = profile_table(table)
        suggestion = suggest_mapping(
            path, file_name=imported.file_name, scales=scales, dialect=dialect
        )
    threads = earlier_in(earlier_lines(imported.tenant)).threads
    suggestion = with_thread(suggestion, imported.preview["heads"], threads)
    recipe = fitting_recipe(imported)
    filled_in: FileMapping = suggestion
    if recipe:
        kept = readable_mapping(recipe.mapping)
        filled_in = fitted(kept, profile, scales, dialect)
    imported.preview = {
        **imported.preview,
        **profiled(profile),
        "suggestion": plain_mapping(filled_in),
        "drafts": {suggestion.line: plain_mapping(suggestion)},
        "line": filled_in.line if recipe else "",
        "recipe": recipe.name if recipe else "",
    }
    imported.save(update_fields=["preview"])


@transaction.atomic
def change_dialect(
    *, imported: Import, choices: Choices, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Read the file anew as *choices* say; a mapping made before is dropped.

    Raises FileUnusableError, MappingFixedError once rows of the file are in, and ImportBusyError
    while a step of the import runs.
    """
    require_idle(imported)
    path = path_of(imported)
    with told_in_words():
        try:
            preview = preview_of(path, choices)
        except (LookupError, UnicodeError, TypeError) as error:
            words = "The file cannot be read with these settings. Choose others."
            raise FileUnusableError(words, code="not_readable") from error
    imported.preview, imported.mapping, imported.check_report = preview, None, None
    imported.state, imported.error = Import.State.UPLOADED, ""
    imported.save(update_fields=["preview", "mapping", "check_report", "state", "error"])
    look_into(imported=imported, by=by, now=now)


@transaction.atomic
def suggest_from(*, imported: Import, mapping: FileMapping) -> None:
    """Fill the wizard in from *mapping*, for a person to look through; nothing is loaded by it.

    Values of scored columns that it does not know are left to be settled. Raises
    FileUnusableError, MappingRefusedError for columns that the file does not have, where a line
    is no answer, MappingFixedError once rows of the file are in, and ImportBusyError while a step
    of the import runs.
    """
    require_idle(imported)
    dialect = dialect_in(imported.preview)
    with told_in_words(), open_table(path_of(imported), dialect) as table:
        profile = profile_table(table)
    if isinstance(mapping, EventMapping):
        _require_columns(mapping, imported.preview["heads"])
    suggestion = fitted(mapping, profile, metric_scales(imported.tenant), dialect)
    imported.preview = {
        **imported.preview,
        "suggestion": plain_mapping(suggestion),
        "line": suggestion.line,
    }
    imported.mapping, imported.check_report = None, None
    imported.state, imported.error = Import.State.UPLOADED, ""
    imported.save(update_fields=["preview", "mapping", "check_report", "state", "error"])


def fitting_recipe(imported: Import) -> ImportRecipe | None:
    """Find the newest recipe that was kept for a file with the same heads. One query."""
    recipes = ImportRecipe.objects.for_tenant(imported.tenant_id)
    same = recipes.filter(signature=signature(imported.preview["heads"]))
    return same.order_by("-created_at", "-pk").first()


def fitted(
    kept: FileMapping, profile: TableProfile, scales: dict[str, MetricScale], dialect: Dialect
) -> FileMapping:
    """Fit a kept mapping to a new file: its own *dialect*, and values nobody has seen before.

    Metrics that are gone are left to the check.
    """
    if isinstance(kept, EventMapping):
        return structs.replace(kept, dialect=dialect)
    columns = {column.name for column in profile.columns}
    known = [s for s in kept.scores if s.metric in scales and s.column in columns]
    fresh = unsettled_in(known, profile.columns, scales)
    return structs.replace(kept, dialect=dialect, unsettled=fresh)


def _require_columns(mapping: EventMapping, heads: list[str]) -> None:
    """Raise MappingRefusedError where *mapping* names columns that the file does not have."""
    named = event_columns_in(mapping)
    problems = [
        MappingProblem(field, f"The file has no column “{column}”.")
        for field, column in named
        if column and column not in heads
    ]
    if problems:
        raise MappingRefusedError(problems)


def _plain_name(name: str) -> str:
    """Keep the last part of a path, without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _UNSAFE.sub("", last).strip()[-LONGEST_NAME:] or "file"


def _stored(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Write *chunks* to *path*; give the number of bytes and their SHA-256."""
    digest = hashlib.sha256()
    size = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.IMPORT_MAX_BYTES:
                raise FileTooLargeError(settings.IMPORT_MAX_BYTES)
            digest.update(chunk)
            stream.write(chunk)
    return size, digest.hexdigest()
