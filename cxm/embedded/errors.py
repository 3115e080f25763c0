"""What can go wrong when one machine runs everything."""

from __future__ import annotations


class ServerError(RuntimeError):
    """A server cannot be started; `str(error)` tells a person what to do about it."""
