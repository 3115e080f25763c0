"""Fields of a persona that are edited in place: each a form of its own that saves one operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from personas.rules.avatars import avatar, avatar_words

if TYPE_CHECKING:
    from uuid import UUID

    from django.template.context import Context

    from cxm.collaboration.models import Asset
    from cxm.kernel.operations.shapes import JSON
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
def rev_of(row: Any, name: str) -> int:
    """Give the number of the operation that last set the field *name* of *row*."""
    revs: dict[str, int] = row.field_revs
    return revs.get(name, revs.get("created", 0))


@register.simple_tag
def metric_of(persona: Persona, section: PersonaSection) -> tuple[UUID | None, str]:
    """Give which metric of which segment *section* shows: the segment's id and the metric's key."""
    return persona.segment_id, section.content.get("metric", "nps")


@register.simple_tag(takes_context=True)
def edit_line(context: Context, row: Any, name: str, label: str, **looks: Any) -> SafeString:
    """Edit a line of text in place; see `_edited` for *looks*."""
    return _edited(context, row, name, label, "line", **looks)


@register.simple_tag(takes_context=True)
def edit_text(context: Context, row: Any, name: str, label: str, **looks: Any) -> SafeString:
    """Edit text that wraps and grows in place; see `_edited` for *looks*."""
    return _edited(context, row, name, label, "text", **looks)


@register.simple_tag(takes_context=True)
def edit_choice(
    context: Context,
    row: Any,
    name: str,
    label: str,
    choices: list[tuple[str, str]],
    **looks: Any,
) -> SafeString:
    """Choose one of *choices*, pairs of value and words; see `_edited` for *looks*."""
    return _edited(context, row, name, label, "choice", choices=choices, **looks)


@register.simple_tag(takes_context=True)
def edit_input(
    context: Context, row: Any, name: str, label: str, type_: str, **looks: Any
) -> SafeString:
    """Edit a date or a number in place; see `_edited` for *looks*."""
    return _edited(context, row, name, label, type_, **looks)


def _edited(
    context: Context, row: Any, name: str, label: str, control: str, **looks: Any
) -> SafeString:
    """Render the form of one field of *row*, called *label*.

    Of the page's context it takes `change_url` and `here`. *looks* are `look` (a class of the
    control), `hint` (what stands in it while empty), `most` (its longest text), `shown` (whether
    the label is seen), `value` and `column` (where the row keeps it under another name).
    """
    column = looks.pop("column", name)
    value: JSON = looks.pop("value", None) or getattr(row, column)
    told = {
        "row": row,
        "name": name,
        "label": label,
        "control": control,
        "value": "" if value is None else value,
        "rev": rev_of(row, name),
        "change_url": context["change_url"],
        "here": context["here"],
        **looks,
    }
    return SafeString(
        render_to_string("personas/_edited.html", told, request=context["request"]).strip()
    )
