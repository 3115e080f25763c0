"""Where the pictures of a survey are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from feedback.models import Survey


def picture_url(survey: Survey, asset_id: str, *, is_trial: bool) -> str:
    """Give the address of a picture: of what is published, or for members who try a draft out."""
    slug = survey.tenant.slug
    if is_trial:
        return reverse("collaboration:asset-file", args=[slug, asset_id, "picture"])
    return reverse("survey-picture", args=[slug, survey.pk, asset_id])
