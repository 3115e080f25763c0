"""What shows that the first page of a survey was shown before it is sent: a seal in its token.

A token is 24 bytes, written as 32 letters: hundredths of a second since 1970 (5 bytes), chance (10)
and a seal over both for this survey alone (9). Programs that make up tokens of their own have none,
and one that is shown each page it sends is as slow, and counted by its address, as a person.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

from feedback.rules.door_words import DoorCount

if TYPE_CHECKING:
    from feedback.models import Survey

_TIME, _CHANCE, _SEAL = 5, 10, 9
_A_SECOND = 100


def shown_token(survey: Survey, *, now: datetime) -> str:
    """Make the token of a first page of *survey* that is shown *now*."""
    return sealed_token(survey, now, secrets.token_bytes(_CHANCE))


def sealed_token(survey: Survey, shown_at: datetime, chance: bytes) -> str:
    """Seal a moment and 10 bytes of *chance* into a token for *survey*."""
    told = round(shown_at.timestamp() * _A_SECOND).to_bytes(_TIME) + chance
    return base64.urlsafe_b64encode(told + _seal(survey, told)).decode()


def doubt(survey: Survey, token: str, *, now: datetime) -> DoorCount | None:
    """Say why nobody can have seen the page that is sent with *token*; None where all is well.

    *token* is nobody's so far: those of people who were asked are known, and need no seal.
    """
    shown_at = _shown_at(survey, token)
    if shown_at is None:
        return DoorCount.MADE_UP
    is_hasty = now - shown_at < timedelta(seconds=settings.SURVEY_QUICKEST_SECONDS)
    return DoorCount.HASTY if is_hasty else None


def _shown_at(survey: Survey, token: str) -> datetime | None:
    try:
        told = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, seal = told[: _TIME + _CHANCE], told[_TIME + _CHANCE :]
    if not hmac.compare_digest(seal, _seal(survey, body)):
        return None
    return datetime.fromtimestamp(int.from_bytes(body[:_TIME]) / _A_SECOND, UTC)


def _seal(survey: Survey, body: bytes) -> bytes:
    told = f"{survey.tenant_id} {survey.pk} {body.hex()}"
    return salted_hmac("survey-shown", told, algorithm="sha256").digest()[:_SEAL]
