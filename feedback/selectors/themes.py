"""The themes of a workspace's surveys, and which one a survey has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, F

from feedback.models import Survey, SurveyTheme
from feedback.rules.theme_looks import Corner, Font, Look, theme_css

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant

_VERSION_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Stylesheet:
    """The stylesheet of a theme; *version* changes with every byte of it."""

    css: str
    version: str


def look_of(theme: SurveyTheme) -> Look:
    """Give what a theme says."""
    return Look(theme.ground, theme.ink, theme.accent, Font(theme.font), Corner(theme.corner))


def stylesheet_of(theme: SurveyTheme) -> Stylesheet:
    """Write the stylesheet of a theme."""
    css = theme_css(look_of(theme))
    return Stylesheet(css, hashlib.sha256(css.encode()).hexdigest()[:_VERSION_LENGTH])


def theme_for(survey: Survey) -> SurveyTheme | None:
    """Give the theme of a survey's public pages: its own, else the workspace's. One query."""
    rows = SurveyTheme.objects.for_tenant(survey.tenant_id).select_related("tenant", "logo")
    if survey.theme_id:
        return rows.get(pk=survey.theme_id)
    return rows.filter(is_default=True).first()


def themes_listed(tenant: Tenant) -> list[tuple[SurveyTheme, int]]:
    """List the themes by title, archived ones last, with how many surveys choose each. Two queries.

    Archived ones stand by that moment, and surveys that are archived do not count.
    """
    used = Survey.objects.for_tenant(tenant).filter(archived_at=None, theme__isnull=False)
    counts: dict[UUID, int] = dict(used.values_list("theme").annotate(n=Count("pk")))
    rows = SurveyTheme.objects.for_tenant(tenant).select_related("logo")
    ordered = rows.order_by(F("archived_at").asc(nulls_first=True), "title", "pk")
    found = ordered.fetch_mode(models.FETCH_RAISE)
    return [(one, counts.get(one.pk, 0)) for one in found]
