"""What the public pages of a survey load of its theme: a stylesheet and a logo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from cxm.collaboration.selectors.assets import asset_path
from cxm.tenants.binding import tenant_bound
from cxm.tenants.selectors import tenant_by_slug
from feedback.models import SurveyTheme
from feedback.selectors.themes import stylesheet_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

_FOR_GOOD = "public, max-age=31536000, immutable"
# Who has the page from before a change gets what holds now, and asks again soon.
_SHORTLY = "public, max-age=60"


@require_safe
def theme_stylesheet(
    request: HttpRequest,  # noqa: ARG001 - whoever asks
    slug: str,
    theme_id: UUID,
    version: str,
) -> HttpResponse:
    """Give the stylesheet of a theme; under the address of its present bytes it stays for good."""
    theme = _found(slug, theme_id)
    sheet = stylesheet_of(theme)
    answer = HttpResponse(sheet.css, content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = _FOR_GOOD if version == sheet.version else _SHORTLY
    return answer


@require_safe
def theme_logo(
    request: HttpRequest,  # noqa: ARG001 - whoever asks
    slug: str,
    theme_id: UUID,
    version: str,
) -> HttpResponse:
    """Give the logo of a theme, without the name of its file."""
    theme = _found(slug, theme_id)
    if theme.logo is None or theme.logo.sha256 != version or not asset_path(theme.logo).is_file():
        raise Http404
    answer = HttpResponse(asset_path(theme.logo).read_bytes(), content_type=theme.logo.mime)
    answer["Cache-Control"] = _FOR_GOOD
    return answer


def stylesheet_url(theme: SurveyTheme) -> str:
    """Give the address of a theme's stylesheet."""
    args = [theme.tenant.slug, theme.pk, stylesheet_of(theme).version]
    return reverse("survey-theme-css", args=args)


def logo_url(theme: SurveyTheme) -> str:
    """Give the address of a theme's logo; "" where it has none."""
    if theme.logo is None:
        return ""
    return reverse("survey-theme-logo", args=[theme.tenant.slug, theme.pk, theme.logo.sha256])


def _found(slug: str, theme_id: UUID) -> SurveyTheme:
    tenant = tenant_by_slug(slug)
    if tenant is None:
        raise Http404
    with tenant_bound(tenant.pk):
        rows = SurveyTheme.objects.for_tenant(tenant).select_related("tenant", "logo")
        theme = rows.filter(pk=theme_id).first()
    if theme is None:
        raise Http404
    return theme


theme_file_urls = [
    path(
        "q/<slug:slug>/themes/<uuid:theme_id>/<str:version>.css",
        theme_stylesheet,
        name="survey-theme-css",
    ),
    path(
        "q/<slug:slug>/themes/<uuid:theme_id>/<str:version>.logo",
        theme_logo,
        name="survey-theme-logo",
    ),
]
