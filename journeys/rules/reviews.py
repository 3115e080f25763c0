"""The words of reviews, grants and snapshots."""

from __future__ import annotations

from cxm.kernel.named import Named

# Of the line that says why something was promoted: it stands in the label of a snapshot.
LONGEST_WHY = 80


class ReviewState(Named):
    """How a request for review ended."""

    OPEN = "open"
    APPROVED = "approved"
    CHANGES = "changes"
    WITHDRAWN = "withdrawn"


class Verdict(Named):
    """What a reviewer says."""

    APPROVE = "approve"
    CHANGES = "changes"

    @property
    def words(self) -> str:
        """Give what people read."""
        return {"approve": "Approved", "changes": "Changes asked for"}[self.value]


class GrantRole(Named):
    """What a grant lets somebody do with a journey."""

    VIEWER = "viewer"
    COMMENTER = "commenter"
    CONTRIBUTOR = "contributor"


class SnapshotTrigger(Named):
    """Why a map was kept as it was."""

    MANUAL = "manual"
    PUBLISH = "publish"
    BEFORE_RESTORE = "before_restore"
    BEFORE_IMPORT = "before_import"
    BEFORE_PROMOTE = "before_promote"
    EVERY_500_OPS = "every_500_ops"
