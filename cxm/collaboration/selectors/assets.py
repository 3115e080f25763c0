"""Where stored files lie, and how they are given out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from cxm.kernel.downloads import StoredFile

if TYPE_CHECKING:
    from cxm.collaboration.models import Asset


def asset_path(asset: Asset) -> Path:
    """Say where the bytes of *asset* lie."""
    return Path(settings.MEDIA_ROOT) / asset.path


def stored_file(asset: Asset) -> StoredFile:
    """Give *asset* as `cxm.kernel.downloads` answers with it: pictures shown, all else saved."""
    return StoredFile(
        path=asset_path(asset),
        mime=asset.mime,
        name=asset.name,
        etag=asset.sha256,
        is_inline=asset.width is not None,
    )
