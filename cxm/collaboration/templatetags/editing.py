"""Fields that are edited in place: each a form of its own that saves one operation.

What is edited is a row of a document, known by its lineage or else by its key, or an element of a
document that was read as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cxm.kernel.operations.state import CREATED, Element

if TYPE_CHECKING:
    from uuid import UUID

    from django.template.context import Context

    from cxm.kernel.operations.shapes import JSON

register = template.Library()


@register.simple_tag
def rev_of(row: Any, name: str) -> int:
    """Give the number of the operation that last set the field *name* of a row or element."""
    if isinstance(row, Element):
        return row.rev(name)
    revs: dict[str, int] = row.field_revs
    return revs.get(name, revs.get(CREATED, 0))


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
    control), `hint` (what stands in it while empty), `most` (its longest text), `least`,
    `greatest` and `step` (of a number), `shown` (whether the label is seen), `refreshes` (whether
    more of the page changes with it), `value`, `column` (where the row keeps it under another
    name), and `offered` (the id of a list of words: of a line that is words with commas between).
    """
    column = looks.pop("column", name)
    given: JSON = looks.pop("value", None)
    value = _value(row, name, column) if given is None else given
    told = {
        "lineage": _lineage(row),
        "name": name,
        "label": label,
        "control": control,
        "value": "" if value is None else value,
        "rev": rev_of(row, name),
        "change_url": context["change_url"],
        "here": context["here"],
        # With the request all context processors would run once more for every field.
        "csrf_token": get_token(context["request"]),
        **looks,
    }
    return SafeString(render_to_string("collaboration/_edited.html", told).strip())


def _value(row: Any, name: str, column: str) -> JSON:
    found: JSON = row.values.get(name) if isinstance(row, Element) else getattr(row, column)
    return found


def _lineage(row: Any) -> UUID:
    found: UUID = row.id if isinstance(row, Element) else getattr(row, "lineage", row.pk)
    return found
