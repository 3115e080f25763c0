"""Ways of looking at a page: how many somebody keeps, and what of an address is kept."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from cxm.kernel.errors import DomainError

MOST_VIEWS, LONGEST_NAME, LONGEST_QUERY, LONGEST_SCOPE = 50, 80, 2_000, 120
# Where one is in a list, and what is open beside it, are no ways of looking at it.
_NOT_KEPT = frozenset({"page", "of", "comments"})


class SavedViewError(DomainError):
    """A way of looking at a page cannot be kept."""


def kept_text(text: str) -> str:
    """Give a name as it is kept: in one line, without space around it or NUL signs."""
    return " ".join(text.replace("\0", "").split())


def kept_query(query: str) -> str:
    """Give what of a query string is kept: sorted, without empty values and without the place."""
    pairs = sorted(pair for pair in parse_qsl(query.removeprefix("?")) if pair[0] not in _NOT_KEPT)
    return urlencode(pairs)
