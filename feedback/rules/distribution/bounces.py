"""What mail servers say of an address that nobody has, and what only sounds like it."""

from __future__ import annotations

import re

# RFC 3463, 3.2: no such mailbox, bad syntax of it, moved without a new one. All other refusals are
# of the sender, the relay or the moment, and say nothing of the person.
_NOBODY = re.compile(r"\b5\.1\.[0136]\b")
_OF_WAY = re.compile(r"\b[45]\.[3-7]\.[0-9]{1,3}\b")


def is_nobody(said: str) -> bool:
    """Whether a server *said*, by its enhanced status code, that nobody has the address."""
    return _NOBODY.search(said) is not None


def is_of_way(said: str) -> bool:
    """Whether a server *said* that the mail, its sender or the way is at fault (RFC 3463, 3.4 on).

    Such as a policy, a relay or the content: however often, it bars nobody.
    """
    return _OF_WAY.search(said) is not None
