"""The themes of a workspace's surveys: their list, and making and changing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import PaleThemeError, words_of_pale
from feedback.forms.themes import ThemeForm
from feedback.models import SurveyTheme
from feedback.rules.theme_looks import accent_ink
from feedback.selectors.themes import look_of, themes_listed
from feedback.services.themes import archive_theme, save_theme, set_default_theme

if TYPE_CHECKING:
    from uuid import UUID

LIST, EDIT = "feedback/theme_list.html", "feedback/theme_edit.html"
REFUSED = 422


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def theme_list(request: TenantRequest) -> HttpResponse:
    """List the themes, each with a picture of how it looks."""
    themes = themes_listed(request.tenant)
    context = {"themes": themes, "may_edit": request.may(Right.EDIT_REGISTRIES)}
    return page(request, LIST, context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def theme_new(request: TenantRequest) -> HttpResponse:
    """Make a theme."""
    return _edited(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def theme_edit(request: TenantRequest, theme_id: UUID) -> HttpResponse:
    """Change a theme; surveys that have it look so at once."""
    return _edited(request, _found(request, theme_id))


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def theme_sample(request: TenantRequest, theme_id: UUID) -> HttpResponse:
    """Draw how a theme looks, as SVG."""
    look = look_of(_found(request, theme_id))
    context = {
        "look": look,
        "accent_ink": accent_ink(look),
        "radius": look.corner.radius * 16,
        "families": look.font.families,
    }
    drawn = render_to_string("feedback/theme_sample.svg", context)
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def theme_default(request: TenantRequest, theme_id: UUID) -> HttpResponse:
    """Let surveys that choose no theme look like this one; or plain, where they did already."""
    theme = _found(request, theme_id)
    chosen = None if theme.is_default else theme
    set_default_theme(tenant=request.tenant, theme=chosen, by=request.membership)
    words = f"Surveys look like “{theme}” now." if chosen else "Surveys look plain now."
    messages.success(request, f"{words} Those that choose a theme themselves keep it.")
    return _to_list(request)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def theme_archive(request: TenantRequest, theme_id: UUID) -> HttpResponse:
    """Take a theme off the list; surveys that have it keep it."""
    return _archived(request, theme_id, is_archived=True)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def theme_restore(request: TenantRequest, theme_id: UUID) -> HttpResponse:
    """Bring an archived theme back."""
    return _archived(request, theme_id, is_archived=False)


def _archived(request: TenantRequest, theme_id: UUID, *, is_archived: bool) -> HttpResponse:
    theme = _found(request, theme_id)
    try:
        archive_theme(theme=theme, is_archived=is_archived, by=request.membership, now=now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        words = "is archived; surveys that have it keep it" if is_archived else "is back"
        messages.success(request, f"“{theme}” {words}.")
    return _to_list(request)


def _edited(request: TenantRequest, theme: SurveyTheme | None) -> HttpResponse:
    is_sent = request.method == "POST"
    shown = theme or SurveyTheme(tenant=request.tenant)
    form = ThemeForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, theme=shown
    )
    if form.is_valid() and (saved := _saved(request, form, theme)):
        messages.success(request, f"“{saved}” is saved.")
        return _to_list(request)
    status = REFUSED if form.errors else 200
    return page(request, EDIT, {"form": form, "theme": theme}, status=status)


def _saved(
    request: TenantRequest, form: ThemeForm, theme: SurveyTheme | None
) -> SurveyTheme | None:
    """Save what *form* says; None where it does not fit, which the form then says."""
    told = form.cleaned_data
    try:
        return save_theme(
            tenant=request.tenant,
            title=told["title"],
            look=form.look,
            by=request.membership,
            now=now(),
            theme=theme,
            logo=told["logo"],
            drops_logo=told.get("drops_logo", False),
        )
    except PaleThemeError as error:
        for pale in error.pale:
            form.add_error(pale.field, words_of_pale(pale))
    except DomainError as error:
        # What is said about a file is said of the only one.
        form.add_error("logo" if error.field == "file" else error.field or None, str(error))
    return None


def _found(request: TenantRequest, theme_id: UUID) -> SurveyTheme:
    rows = SurveyTheme.objects.for_tenant(request.tenant).select_related("tenant", "logo")
    return get_object_or_404(rows, pk=theme_id)


def _to_list(request: TenantRequest) -> HttpResponse:
    return redirect("feedback:theme-list", request.tenant.slug)
