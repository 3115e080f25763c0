"""Making, changing and choosing the themes of a workspace's surveys."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from cxm.collaboration.rules.file_errors import FileTooBigError, NotAPictureError
from cxm.collaboration.rules.files import MOST_BYTES, file_type
from cxm.collaboration.services.assets import store_asset
from cxm.collaboration.services.pictures import redrawn
from cxm.tenants.audit import record
from cxm.tenants.models import Tenant
from feedback.errors import (
    LogoTooHeavyError,
    PaleThemeError,
    ThemeInDefaultError,
    ThemeTitleTakenError,
)
from feedback.models import SurveyTheme
from feedback.rules.theme_looks import too_pale

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.files.uploadedfile import UploadedFile

    from cxm.collaboration.models import Asset
    from cxm.tenants.models import Membership
    from feedback.rules.theme_looks import Look

# With page, stylesheets and logo a public page stays under 30 KB.
MOST_LOGO_BYTES = 12_000
LOGO_SIZE = (320, 96)


@transaction.atomic
def save_theme(
    *,
    tenant: Tenant,
    title: str,
    look: Look,
    by: Membership,
    now: datetime,
    theme: SurveyTheme | None = None,
    logo: UploadedFile[Any] | None = None,
    drops_logo: bool = False,
) -> SurveyTheme:
    """Make a theme, or change *theme*; a *logo* is drawn smaller, to 320 by 96 pixels at most.

    Raises PaleThemeError for colours that cannot be read, ThemeTitleTakenError, LogoTooHeavyError,
    and what `store_asset` does for a file that is no picture.
    """
    if pale := too_pale(look):
        raise PaleThemeError(pale)
    saved = theme or SurveyTheme(tenant=tenant, created_at=now)
    saved.title = " ".join(title.split())
    saved.ground, saved.ink, saved.accent = look.ground, look.ink, look.accent
    saved.font, saved.corner = look.font, look.corner
    if logo:
        saved.logo = _logo(tenant, logo, by, now)
    elif drops_logo:
        saved.logo = None
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise ThemeTitleTakenError from error
    action = "survey-theme-changed" if theme else "survey-theme-made"
    record(tenant=tenant, action=action, by=by, about=saved)
    return saved


@transaction.atomic
def set_default_theme(*, tenant: Tenant, theme: SurveyTheme | None, by: Membership) -> None:
    """Let surveys that choose no theme look like *theme*, or plain for None."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    rows = SurveyTheme.objects.for_tenant(tenant)
    rows.filter(is_default=True).update(is_default=False)
    if theme:
        rows.filter(pk=theme.pk).update(is_default=True)
        theme.is_default = True
    record(tenant=tenant, action="survey-theme-default", by=by, about=theme)


@transaction.atomic
def archive_theme(*, theme: SurveyTheme, is_archived: bool, by: Membership, now: datetime) -> None:
    """Take a theme off the list, or bring it back; surveys that have it keep it.

    Raises ThemeInDefaultError for the one that all others look like.
    """
    if is_archived and theme.is_default:
        raise ThemeInDefaultError
    if bool(theme.archived_at) == is_archived:
        return
    theme.archived_at = now if is_archived else None
    theme.save(update_fields=["archived_at"])
    action = "survey-theme-archived" if is_archived else "survey-theme-restored"
    record(tenant=theme.tenant, action=action, by=by, about=theme)


def _logo(tenant: Tenant, upload: UploadedFile[Any], by: Membership, now: datetime) -> Asset:
    """Keep a logo, as small as it is shown."""
    content: bytes = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileTooBigError(MOST_BYTES)
    kind = file_type(content, upload.name or "")
    if not kind.is_picture:
        raise NotAPictureError(kind.words)
    stream = io.BytesIO()
    with Image.open(io.BytesIO(redrawn(content, kind).content)) as picture:
        picture.thumbnail(LOGO_SIZE, Image.Resampling.LANCZOS)
        picture.save(stream, "WEBP", quality=85)
    small = SimpleUploadedFile("logo.webp", stream.getvalue())
    asset = store_asset(tenant=tenant, upload=small, alt="", by=by, now=now, is_picture=True)
    if asset.bytes > MOST_LOGO_BYTES:
        raise LogoTooHeavyError(MOST_LOGO_BYTES)
    return asset
