"""What the surveys of other tools are called in our registry."""

from __future__ import annotations

import hashlib
import re

MOST = 60
_NOT_KEY = re.compile(r"[^a-z0-9_-]+")
_MARK = 6


def foreign_survey_key(kind: str, survey_id: str) -> str:
    """Give the key under which the survey *survey_id* of the tool *kind* stands.

    Ids that differ only by case, or beyond the length of a key, get keys that differ.
    """
    folded = _NOT_KEY.sub("-", survey_id.lower()).strip("-")
    whole = f"{kind}-{folded}"
    if folded == survey_id and len(whole) <= MOST:
        return whole
    mark = hashlib.blake2b(survey_id.encode("utf-8", "replace"), digest_size=_MARK // 2).hexdigest()
    return f"{whole[: MOST - _MARK - 1].rstrip('-')}-{mark}"
