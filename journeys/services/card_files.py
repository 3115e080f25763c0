"""Putting a file from the desktop on a map: into a card, or into a cell as a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.collaboration.rules.file_errors import FileTooBigError
from cxm.collaboration.services.assets import store_asset
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, RefusedError, Source
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import kept_config
from journeys.services.editing import change_map
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile

    from cxm.collaboration.models import Asset
    from cxm.tenants.models import ApiKey, Membership
    from journeys.models import Card, JourneyMap, Lane

_BYTES_PER_MB = 1_000_000


@transaction.atomic
def give_file(
    *,
    row: JourneyMap,
    card: Card,
    lane: Lane,
    upload: UploadedFile[Any],
    alt: str = "",
    is_decorative: bool = False,
    by: Membership | ApiKey,
    now: datetime,
) -> None:
    """Let a card of *lane* show an uploaded file, as one batch that Undo takes back.

    In a lane of pictures *alt* says what it shows; one that *is_decorative* needs no words. Raises
    FileRefusedError (field "file"), AltTooLongError, and what `change_map` raises.
    """
    words = "" if is_decorative else alt.strip()
    _check(lane, upload)
    is_picture = lane.kind == LaneKind.IMAGE
    asset = store_asset(
        tenant=row.tenant, upload=upload, alt=words, by=by, now=now, is_picture=is_picture
    )
    values: dict[str, Any] = {"asset": str(asset.pk)}
    if is_picture:
        values |= {"alt": words, "is_decorative": is_decorative}
    batch = new_id()
    asked = [
        Asked(id=new_id(), batch=batch, op=Deed.SET, lineage=card.lineage, field=name, value=value)
        for name, value in values.items()
        if value != _present(card, name)
    ]
    _change(row, asset, asked, by, now)


@transaction.atomic
def add_file(
    *,
    row: JourneyMap,
    lane: Lane,
    step: UUID,
    upload: UploadedFile[Any],
    by: Membership | ApiKey,
    now: datetime,
) -> UUID:
    """Make a card of an uploaded file, last in the cell of *lane* and *step*; give its lineage.

    What a picture shows is to be said afterwards. Raises what `give_file` raises.
    """
    _check(lane, upload)
    is_picture = lane.kind == LaneKind.IMAGE
    asset = store_asset(
        tenant=row.tenant, upload=upload, alt="", by=by, now=now, is_picture=is_picture
    )
    values = {"step_from": str(step), "step_to": str(step), "asset": str(asset.pk)}
    value = {"values": values, "parent": str(lane.lineage)}
    made = new_id()
    asked = Asked(
        id=new_id(), batch=new_id(), op=Deed.CREATE, lineage=made, kind="card", value=value
    )
    _change(row, asset, [asked], by, now)
    return made


def _check(lane: Lane, upload: UploadedFile[Any]) -> None:
    """Refuse lanes that hold no files, and files that are larger than the lane takes."""
    kind = LaneKind(lane.kind)
    if kind not in {LaneKind.IMAGE, LaneKind.FILE}:
        raise RefusedError("This lane holds neither pictures nor files.", field="file")
    if kind is LaneKind.FILE:
        most = kept_config(kind, lane.config).max_mb * _BYTES_PER_MB
        if (upload.size or 0) > most:
            raise FileTooBigError(most)


def _present(card: Card, name: str) -> Any:
    found = getattr(card, f"{name}_id" if name == "asset" else name)
    return str(found) if name == "asset" and found else found


def _change(
    row: JourneyMap, asset: Asset, asked: Sequence[Asked], by: Membership | ApiKey, now: datetime
) -> None:
    if asked:
        request = Request(row.tenant, row.pk, actor_of(by), now, Source.UI)
        change_map(request, asked, brought=[asset.pk])
