"""The table of a map on pages for people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django import template

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


class Drawable(Protocol):
    """A table that is drawn when the token of its link is known."""

    def markup(self, token: str) -> SafeString:
        """Draw the table, with pictures that come by the link with *token*."""


register = template.Library()


@register.simple_tag
def shared_table(table: Drawable, token: str) -> SafeString:
    """Draw *table*, whose pictures come by the link with *token*."""
    return table.markup(token)
