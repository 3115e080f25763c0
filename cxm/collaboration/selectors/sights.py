"""Which threads, pages and files somebody may read: each app answers for its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

type Sight = Callable[["Membership", Sequence[UUID]], set[UUID]]
type PageSight = Callable[["Membership", Sequence[str]], set[str]]
type FileSight = Callable[["Membership", UUID], bool]


class Sights:
    """The answers of all apps; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._answers: list[Sight] = []
        self._of_pages: list[PageSight] = []
        self._of_files: list[FileSight] = []

    def register(self, sight: Sight) -> None:
        """Let *sight* say which of some threads, by id, a member may read now.

        It leaves out threads that are not its own, and asks the database a few times at most.
        """
        self._answers.append(sight)

    def register_pages(self, sight: PageSight) -> None:
        """Let *sight* say which of some pages, by address below the tenant's, a member may read.

        It leaves out addresses that are not its own, and asks the database a few times at most.
        """
        self._of_pages.append(sight)

    def register_files(self, sight: FileSight) -> None:
        """Let *sight* say whether a member may read something that shows a file, by its id.

        It is asked of those alone whose role does not let them see all files of the workspace.
        """
        self._of_files.append(sight)

    def in_sight(self, member: Membership, threads: Sequence[UUID]) -> set[UUID]:
        """Give those of *threads* whose page *member* may read at this moment."""
        if not threads:
            return set()
        return {pk for answer in self._answers for pk in answer(member, threads)}

    def pages_in_sight(self, member: Membership, pages: Sequence[str]) -> set[str]:
        """Give those of *pages*, addresses below the tenant's, that *member* may read now."""
        if not pages:
            return set()
        return {page for answer in self._of_pages for page in answer(member, pages)}

    def file_in_sight(self, member: Membership, asset_id: UUID) -> bool:
        """Whether *member* may open a file: by the role, or where something shows it to them."""
        if may(member.role, Right.SEE_JOURNEYS):
            return True
        return any(answer(member, asset_id) for answer in self._of_files)


def pages_of_folder(folder: str, pages: Sequence[str]) -> dict[str, UUID]:
    """Give the ids that stand in those of *pages* that are `<folder><id>/`, by page."""
    found = {}
    for page in pages:
        if page.startswith(folder):
            try:
                found[page] = UUID(page[len(folder) :].rstrip("/"))
            except ValueError:
                continue
    return found


sights = Sights()
