"""Conditions that tables share: how many of several columns may be set."""

from __future__ import annotations

from django.db.models import Q


def exactly_one(*names: str) -> Q:
    """Give the condition that one of the columns *names* is set, and no other."""
    condition = Q()
    for named in names:
        condition |= Q(**{f"{name}__isnull": name != named for name in names})
    return condition


def at_most_one(*names: str) -> Q:
    """Give the condition that one of the columns *names* is set, or none."""
    return Q(**{f"{name}__isnull": True for name in names}) | exactly_one(*names)
