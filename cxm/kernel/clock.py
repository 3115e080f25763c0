"""The only place that reads the clock; doors call it and pass the time on."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Give the present moment, aware, in UTC."""
    return timezone.now()
