"""Which threads somebody may read: each app that has threads answers for its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

type Sight = Callable[["Membership", Sequence[UUID]], set[UUID]]


class Sights:
    """The answers of all apps; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._answers: list[Sight] = []

    def register(self, sight: Sight) -> None:
        """Let *sight* say which of some threads, by id, a member may read now.

        It leaves out threads that are not its own, and asks the database a few times at most.
        """
        self._answers.append(sight)

    def in_sight(self, member: Membership, threads: Sequence[UUID]) -> set[UUID]:
        """Give those of *threads* whose page *member* may read at this moment."""
        if not threads:
            return set()
        return {pk for answer in self._answers for pk in answer(member, threads)}


sights = Sights()
