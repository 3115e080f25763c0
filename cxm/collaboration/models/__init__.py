"""Comments, notices, evidence, files and links for people outside.

None of them names what it is about: the apps above hold the rows that join both.
"""

from cxm.collaboration.models.assets import Asset
from cxm.collaboration.models.comments import (
    Comment,
    CommentMention,
    CommentThread,
    Notice,
    ThreadFollower,
)
from cxm.collaboration.models.evidence import Evidence
from cxm.collaboration.models.sharing import ShareLink, ShareVisit
from cxm.collaboration.models.views import SavedView

__all__ = [
    "Asset",
    "Comment",
    "CommentMention",
    "CommentThread",
    "Evidence",
    "Notice",
    "SavedView",
    "ShareLink",
    "ShareVisit",
    "ThreadFollower",
]
