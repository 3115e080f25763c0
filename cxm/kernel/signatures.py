"""Signatures of webhooks, made and verified: seven families, one implementation.

Everything is computed over the bytes of the body as they came; comparing takes equally long
wherever two signatures differ. Formulas and vectors: the vendors' pages on verifying webhooks, and
Standard Webhooks 1.0.0 (standard-webhooks/standard-webhooks).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

TOLERANCE_SECONDS: Final = 300
STANDARD_PREFIX: Final = "whsec_"
# Standard Webhooks asks senders for 24 to 64 bytes; with much fewer anybody could sign.
_SHORTEST_STANDARD_KEY: Final = 16

_EPOCH: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


class Family(StrEnum):
    """Whose way of signing: the name of the sender, or of the standard."""

    DELIGHTED = "delighted"
    TYPEFORM = "typeform"
    ZENDESK = "zendesk"
    CHATWOOT = "chatwoot"
    INTERCOM = "intercom"
    SURVEYMONKEY = "surveymonkey"
    STANDARD = "standard"


class Verdict(StrEnum):
    """What verifying found; only VALID may be believed."""

    VALID = "valid"
    MISSING = "missing"  # a header that this family needs is not there
    WRONG = "wrong"  # made with another secret, or over other bytes
    STALE = "stale"  # the time it was signed with is too far from ours, or cannot be read


@dataclass(frozen=True, slots=True)
class Message:
    """What a signature covers: *body* as sent, and what the family signs with it.

    *timestamp* is the text exactly as it stands in its header (Zendesk: ISO 8601; Chatwoot and
    Standard Webhooks: seconds). *message_id* is Standard Webhooks' `webhook-id`; *client_id*
    SurveyMonkey's.
    """

    body: bytes
    timestamp: str = ""
    message_id: str = ""
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class _Way:
    """How one family signs, and in which headers (lower case) it says what."""

    header: str
    sign: Callable[[str, Message], str]
    timestamp: str = ""
    message_id: str = ""
    client_id: str = ""


def sign(family: Family, *, secret: str, message: Message) -> str:
    """Give the value of the family's signature header for *message*.

    A secret of Standard Webhooks is `whsec_` and base64 of at least 16 bytes; ValueError where it
    is not.
    """
    return _WAYS[family].sign(secret, message)


def readable_secret(family: Family, secret: str) -> bool:
    """Tell whether *secret* can be a key of this family at all."""
    try:
        sign(family, secret=secret, message=Message(b""))
    except ValueError:
        return False
    return bool(secret)


def verify(
    family: Family,
    *,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Iterable[str],
    now: datetime,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> Verdict:
    """Tell whether *body* was signed with one of *secrets* (several while one is replaced).

    *headers* have lower-case names, *now* is aware. Families that sign a time are refused when it
    is more than *tolerance_seconds* before or after *now*. Without secrets nothing is VALID.
    Nothing that a sender writes raises.
    """
    way = _WAYS[family]
    needed = [name for name in (way.header, way.timestamp, way.message_id, way.client_id) if name]
    if any(not headers.get(name) for name in needed):
        return Verdict.MISSING
    message = Message(
        body=body,
        timestamp=headers.get(way.timestamp, ""),
        message_id=headers.get(way.message_id, ""),
        client_id=headers.get(way.client_id, ""),
    )
    if not _matches(family, headers[way.header], message, secrets):
        return Verdict.WRONG
    if way.timestamp and not _is_near(message.timestamp, now, tolerance_seconds):
        return Verdict.STALE
    return Verdict.VALID


def _matches(family: Family, given: str, message: Message, secrets: Iterable[str]) -> bool:
    """Compare with every secret and every reading, and stop at none: time tells nothing."""
    offered = given.split(" ") if family is Family.STANDARD else [given]
    found = False
    for secret in secrets:
        if not readable_secret(family, secret):
            continue
        for reading in _readings(family, message):
            ours = sign(family, secret=secret, message=reading).encode()
            for theirs in offered:
                found |= hmac.compare_digest(ours, theirs.encode("utf-8", "surrogatepass"))
    return found


def _readings(family: Family, message: Message) -> Iterator[Message]:
    """Give the message as it came; of SurveyMonkey also re-encoded.

    That SurveyMonkey signs its raw bytes is not documented; a receiver in use signs the body
    written anew without spaces.
    """
    yield message
    if family is Family.SURVEYMONKEY:
        try:
            compact = json.dumps(json.loads(message.body), separators=(",", ":")).encode()
        except (ValueError, RecursionError):
            return
        if compact != message.body:
            yield replace(message, body=compact)


def _is_near(timestamp: str, now: datetime, tolerance_seconds: int) -> bool:
    signed_at = _moment(timestamp)
    return signed_at is not None and abs((now - signed_at).total_seconds()) <= tolerance_seconds


def _moment(timestamp: str) -> datetime | None:
    """Read seconds since 1970 or ISO 8601 with an offset; None where it is neither."""
    try:
        if _EPOCH.fullmatch(timestamp):
            return datetime.fromtimestamp(int(timestamp), UTC)
        moment = datetime.fromisoformat(timestamp)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo is not None else None


def _digest(key: bytes, signed: bytes, algorithm: str = "sha256") -> bytes:
    return hmac.digest(key, signed, algorithm)


def _text_key(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")


def _dated(message: Message, separator: str) -> bytes:
    return message.timestamp.encode("utf-8", "surrogatepass") + separator.encode() + message.body


def _delighted(secret: str, message: Message) -> str:
    return "sha256=" + _digest(_text_key(secret), message.body).hex()


def _typeform(secret: str, message: Message) -> str:
    return "sha256=" + _base64(_digest(_text_key(secret), message.body))


def _zendesk(secret: str, message: Message) -> str:
    return _base64(_digest(_text_key(secret), _dated(message, "")))


def _chatwoot(secret: str, message: Message) -> str:
    return "sha256=" + _digest(_text_key(secret), _dated(message, ".")).hex()


def _intercom(secret: str, message: Message) -> str:
    return "sha1=" + _digest(_text_key(secret), message.body, "sha1").hex()


def _surveymonkey(secret: str, message: Message) -> str:
    key = _text_key(f"{message.client_id}&{secret}")
    return _base64(_digest(key, message.body, "sha1"))


def _standard(secret: str, message: Message) -> str:
    signed = message.message_id.encode("utf-8", "surrogatepass") + b"." + _dated(message, ".")
    return "v1," + _base64(_digest(_standard_key(secret), signed))


def _standard_key(secret: str) -> bytes:
    if not secret.startswith(STANDARD_PREFIX):
        raise ValueError
    try:
        key = base64.b64decode(secret.removeprefix(STANDARD_PREFIX), validate=True)
    except binascii.Error as broken:
        raise ValueError from broken
    if len(key) < _SHORTEST_STANDARD_KEY:
        raise ValueError
    return key


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")


_WAYS: Final[Mapping[Family, _Way]] = {
    Family.DELIGHTED: _Way("x-delighted-webhook-signature", _delighted),
    Family.TYPEFORM: _Way("typeform-signature", _typeform),
    Family.ZENDESK: _Way(
        "x-zendesk-webhook-signature", _zendesk, timestamp="x-zendesk-webhook-signature-timestamp"
    ),
    Family.CHATWOOT: _Way("x-chatwoot-signature", _chatwoot, timestamp="x-chatwoot-timestamp"),
    Family.INTERCOM: _Way("x-hub-signature", _intercom),
    Family.SURVEYMONKEY: _Way("sm-signature", _surveymonkey, client_id="sm-apikey"),
    Family.STANDARD: _Way(
        "webhook-signature", _standard, timestamp="webhook-timestamp", message_id="webhook-id"
    ),
}
