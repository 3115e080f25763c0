"""What templates of comments ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from cxm.collaboration.selectors.panel import Panel, Refused

register = template.Library()


@register.simple_tag
def refusal(panel: Panel, where: object) -> Refused | None:
    """Give what was typed into the form of *where* and could not be taken; None where all is well.

    *where* is the id of a thread or a comment, or “new”.
    """
    return panel.refusal(where)
