"""Querysets in an order that was worked out elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Value

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.db.models import QuerySet


def in_given_order[Q: QuerySet[Any, Any]](rows: Q, ids: Collection[UUID]) -> Q:
    """Order *rows* as *ids* are; those that are not among them come last, in a fixed order."""
    told = Value(list(ids), output_field=ArrayField(models.UUIDField()))
    place = Func(told, F("pk"), function="array_position", output_field=models.IntegerField())
    ordered: Q = rows.annotate(place=place).order_by("place", "pk")
    return ordered
