"""Parts of a persona that several pages show: its picture, files, and the metric of a section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from personas.rules.avatars import avatar, avatar_words

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.models import Asset
    from personas.models import Persona, PersonaSection

register = template.Library()
_SHOWN = '<img class="avatar" src="{}" alt="{}" loading="lazy" decoding="async">'
# Nothing within a drawing speaks: what stands around it does.
_WITHIN_DRAWING = (
    '<image width="100%" height="100%" preserveAspectRatio="xMidYMid slice" href="{}"></image>'
)


@register.simple_tag
def persona_picture(
    persona: Persona,
    *,
    is_decoration: bool = False,
    is_within_drawing: bool = False,
    address: str = "",
) -> SafeString:
    """Show the picture of *persona*, or draw one; it says its own words, or what is drawn.

    Within a drawing it is an element of SVG. *address* is where the picture lies for readers who
    come in by another door; *persona* comes with its tenant and picture.
    """
    told: dict[str, Any] = persona.avatar
    if persona.picture:
        words = "" if is_decoration or told.get("is_decorative") else told.get("alt", "")
        shown = _WITHIN_DRAWING if is_within_drawing else _SHOWN
        where = address or asset_address(persona.tenant.slug, persona.picture)
        return format_html(shown, where, words)
    face, hair, skin = (int(told.get(name, 0)) for name in ("face", "hair", "skin"))
    words = "" if is_decoration else told.get("alt") or avatar_words(face, hair)
    return SafeString(avatar(face=face, hair=hair, skin=skin, words=words))


@register.simple_tag
def asset_address(slug: str, asset: Asset) -> str:
    """Give the address of a stored file for members of the workspace."""
    return reverse("collaboration:asset-file", args=[slug, asset.pk, asset.name])


@register.simple_tag
def metric_of(persona: Persona, section: PersonaSection) -> tuple[UUID | None, str]:
    """Give which metric of which segment *section* shows: the segment's id and the metric's key."""
    return persona.segment_id, section.content.get("metric", "nps")
