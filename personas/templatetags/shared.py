"""Pictures and texts on pages for people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cxm.kernel.rich_text import rendered
from personas.rules.avatars import avatar, avatar_words
from personas.rules.shared import veiled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.collaboration.models import Asset
    from personas.rules.shared import SharedPersona

register = template.Library()


@register.simple_tag
def rich(text: str) -> SafeString:
    """Show *text* with the little Markdown that is in it, without addresses that it hid."""
    return SafeString(veiled(rendered(text)))


@register.simple_tag
def shared_picture(
    pictures: Mapping[UUID, Asset], asset_id: UUID | None, token: str, alt: str, look: str = ""
) -> SafeString:
    """Show one of *pictures* by the link with *token*; nothing where it is none of them.

    An empty *alt* is a decoration.
    """
    asset = pictures.get(asset_id) if asset_id else None
    if asset is None:
        return SafeString("")
    return format_html(
        '<img class="{}" src="{}" alt="{}" width="{}" height="{}">',
        look,
        reverse("share-picture", args=[token, asset.pk]),
        alt,
        asset.width,
        asset.height,
    )


@register.simple_tag
def shared_portrait(
    persona: SharedPersona, pictures: Mapping[UUID, Asset], token: str
) -> SafeString:
    """Show the picture of *persona*, its own or the drawn one, with the words for it."""
    drawn = {name: persona.avatar[name] for name in ("face", "hair", "skin")}
    words = persona.avatar["alt"]
    own = shared_picture(pictures, persona.picture, token, words, "shared-portrait")
    return own or SafeString(
        avatar(**drawn, words=words or avatar_words(drawn["face"], drawn["hair"]))
    )
