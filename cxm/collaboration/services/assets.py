"""Taking files in, and finding them again: judged by their bytes, kept once for a tenant."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from cxm.collaboration.models import Asset
from cxm.collaboration.rules.file_errors import AltTooLongError, FileTooBigError, NotAPictureError
from cxm.collaboration.rules.files import MOST_BYTES, FileType, file_type, plain_name
from cxm.collaboration.selectors.assets import asset_path
from cxm.collaboration.services.pictures import redrawn
from cxm.kernel.ids import new_id
from cxm.tenants.models import ApiKey

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from django.core.files.uploadedfile import UploadedFile

    from cxm.tenants.models import Membership, Tenant

LONGEST_ALT = 500
LONGEST_NAME = 200


def store_asset(
    *,
    tenant: Tenant,
    upload: UploadedFile[Any],
    alt: str,
    by: Membership | ApiKey | None,
    now: datetime,
    is_picture: bool = False,
) -> Asset:
    """Take a file in, and give it back as it is kept.

    What it is is read from its bytes, whatever its name says. Pictures are drawn anew, without
    what the camera wrote beside them. The same bytes again give the asset that is there, with its
    first name and words. With *is_picture* no document is taken.

    Raises FileRefusedError (with field "file") for what is not taken, larger than 20 MB or 40
    million pixels, or damaged, and AltTooLongError. Nothing stays behind then.
    """
    if len(alt) > LONGEST_ALT:
        raise AltTooLongError(LONGEST_ALT)
    content = _content(upload)
    given = upload.name or ""
    kind = file_type(content, given)
    if is_picture and not kind.is_picture:
        raise NotAPictureError(kind.words)
    asset = Asset(pk=new_id(), tenant=tenant, alt=alt.strip(), created_at=now)
    asset.by = None if isinstance(by, ApiKey) else by
    if kind.is_picture:
        picture = redrawn(content, kind)
        content, kind = picture.content, picture.kind
        asset.width, asset.height = picture.width, picture.height
    asset.name = plain_name(given, kind, longest=LONGEST_NAME)
    return _kept(asset, content, kind)


def _content(upload: UploadedFile[Any]) -> bytes:
    """Read the whole upload, and never more than may be of it."""
    if (upload.size or 0) > MOST_BYTES:
        raise FileTooBigError(MOST_BYTES)
    content: bytes = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileTooBigError(MOST_BYTES)
    return content


def _kept(asset: Asset, content: bytes, kind: FileType) -> Asset:
    """Keep the bytes and the row, or give the row of the same bytes; two at once make one."""
    asset.sha256 = hashlib.sha256(content).hexdigest()
    asset.bytes, asset.mime = len(content), kind.mime
    asset.path = f"{asset.tenant_id}/assets/{asset.sha256}"
    _write(asset_path(asset), content)
    same = Asset.objects.for_tenant(asset.tenant_id).filter(sha256=asset.sha256)
    known = same.first()
    if known:
        return known
    try:
        with transaction.atomic():
            asset.save(force_insert=True)
    except IntegrityError:
        return same.get()
    return asset


def _write(path: Path, content: bytes) -> None:
    """Write *content* under its final name in one move, so that nobody reads half of it."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{new_id()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
