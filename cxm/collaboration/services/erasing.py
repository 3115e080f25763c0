"""What goes from the team's own comments when a customer is erased: how one can be recognised."""

from __future__ import annotations

import re
from uuid import UUID

from cxm.collaboration.models import Comment
from cxm.customers.models import Customer
from cxm.customers.rules.traces import ERASED, LONG_ENOUGH, traces_of
from cxm.kernel.erasing import Erased, Foreseen, Leaving

COMMENTS_A_STEP = 2_000
COUNTED = "comments of the team"


def erase_comments(person: Leaving, cursor: str) -> Erased:
    """Blank the person's identifiers and full names in up to 2,000 comments; other words stay.

    A comment that is nothing but a short identifier is emptied whole. A name counts when it has
    two words or more: one alone is anybody's.
    """
    rows = Comment.objects.for_tenant(person.tenant_id).filter(deleted_at=None).order_by("pk")
    found = list((rows.filter(pk__gt=UUID(cursor)) if cursor else rows)[:COMMENTS_A_STEP])
    patterns = _patterns(person)
    traces = traces_of(person.identifiers)
    changed = []
    for comment in found:
        body = comment.body
        for pattern in patterns:
            body = pattern.sub(ERASED, body)
        comment.body, before = (ERASED if traces.are_in(body) else body), comment.body
        if comment.body != before:
            changed.append(comment)
    for comment in changed:
        rows.filter(pk=comment.pk).update(body=comment.body)
    return Erased(
        counts={COUNTED: len(changed)},
        cursor=str(found[-1].pk) if len(found) == COMMENTS_A_STEP else None,
    )


def foresee(person: Leaving) -> Foreseen:  # noqa: ARG001 - the same for everybody
    """Say what goes, whoever it is; no query."""
    return Foreseen(goes=["names and identifiers, wherever the team's comments hold them"])


def full_names(person: Leaving) -> re.Pattern[str] | None:
    """Recognise the names of the person that have two words or more; None without. One query."""
    rows = Customer.objects.for_tenant(person.tenant_id).filter(pk__in=person.customer_ids)
    names = rows.values_list("display_name", flat=True)
    full = sorted({name.strip() for name in names if len(name.split()) > 1}, key=len, reverse=True)
    written = "|".join(r"\s+".join(re.escape(word) for word in name.split()) for name in full)
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)", re.IGNORECASE) if written else None


def _patterns(person: Leaving) -> list[re.Pattern[str]]:
    """List what is blanked inside a text: identifiers as they are recognised, then full names."""
    identifiers = traces_of(
        (kind, value) for kind, value in person.identifiers if len(value) >= LONG_ENOUGH
    ).pattern
    return [pattern for pattern in (identifiers, full_names(person)) if pattern]
