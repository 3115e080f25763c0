"""Statements that run all the time: the database reads and plans them once a connection."""

from __future__ import annotations


class Prepared(str):
    """The text of a statement that is prepared after its first few runs on a connection.

    For short look-ups by unique keys and inserts, whose plan no statistics change: what is read of
    whole tables must be planned for what lies in them. All other statements are planned each time.
    """

    __slots__ = ()
