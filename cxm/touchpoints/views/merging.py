"""What a person reads before a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.touchpoints.selectors import merge_preview

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from cxm.touchpoints.models import Channel, Touchpoint


def merge_choice(request: HttpRequest) -> QueryDict | None:
    """Give what was chosen: confirmed by POST, or by GET to read first; None before that."""
    if request.method == "POST":
        return request.POST
    return request.GET if "into" in request.GET else None


def merge_sentence(row: Channel | Touchpoint, into: Channel | Touchpoint) -> str:
    """Say what happens when *row* is merged into *into*, and that it can be taken back."""
    preview = merge_preview(row)
    along = [
        f"{count} {noun if count == 1 else noun + 's'}"
        for count, noun in (
            (preview.aliases, "other name"),
            (preview.followers, f"{row._meta.verbose_name} merged into it"),
        )
        if count
    ]
    following = f" With it come {' and '.join(along)}." if along else ""
    return (
        f"From now on, everything about “{row}” is counted as “{into}”, in all numbers, past ones "
        f"too.{following} You can take it apart again at any time."
    )
