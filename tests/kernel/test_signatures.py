"""Signatures of webhooks: published vectors, and everything that must be refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from cxm.kernel.signatures import Family, Message, Verdict, readable_secret, sign, verify

BODY = b'{"a":1}'
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


BARE = Message(BODY)


@dataclass(frozen=True)
class Vector:
    """One line of wire-formats 14."""

    family: Family
    headers: dict[str, str]
    signature: str
    message: Message = BARE
    secret: str = "s3cr3t"
    header: str = ""

    def sent(self, **changed: str) -> dict[str, str]:
        """Give the headers as a sender sends them."""
        return {**self.headers, self.header: self.signature, **changed}


VECTORS = [
    Vector(
        Family.DELIGHTED,
        {},
        "sha256=d42927434049e0b8c73ce887062238cc1c6bb6644bfe66e66d8dd0f30b85679e",
        header="x-delighted-webhook-signature",
    ),
    Vector(
        Family.TYPEFORM,
        {},
        "sha256=1CknQ0BJ4LjHPOiHBiI4zBxrtmRL/mbmbY3Q8wuFZ54=",
        header="typeform-signature",
    ),
    Vector(
        Family.ZENDESK,
        {"x-zendesk-webhook-signature-timestamp": "2026-11-21T12:00:00Z"},
        "AWUfIMLJRZ9ds5p18k7BUhNuyoP5ze5/7ICh4v7IZx8=",
        Message(BODY, timestamp="2026-11-21T12:00:00Z"),
        header="x-zendesk-webhook-signature",
    ),
    Vector(
        Family.CHATWOOT,
        {"x-chatwoot-timestamp": "1795262400"},
        "sha256=b43206863821364532d53b0862c6d9e4af49ef0654d90f05e32738d4d12b0353",
        Message(BODY, timestamp="1795262400"),
        header="x-chatwoot-signature",
    ),
    Vector(
        Family.INTERCOM,
        {},
        "sha1=9649526da846c63fae8f3f64fd170080174a9a78",
        header="x-hub-signature",
    ),
    Vector(
        Family.SURVEYMONKEY,
        {"sm-apikey": "cid"},
        "92s5cxqsmscBLF2egczxMQYAaHU=",
        Message(BODY, client_id="cid"),
        header="sm-signature",
    ),
    Vector(
        Family.STANDARD,
        {"webhook-id": "msg_1", "webhook-timestamp": "1795262400"},
        "v1,oqMWmVF4JWXDKl0NZXRBm2f5su20f3Q9cn4sqfAJXGA=",
        Message(BODY, timestamp="1795262400", message_id="msg_1"),
        secret=STANDARD_SECRET,
        header="webhook-signature",
    ),
]
each_family = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.family.value)
dated = pytest.mark.parametrize(
    "vector",
    [vector for vector in VECTORS if vector.message.timestamp],
    ids=lambda vector: vector.family.value,
)


def _verdict(
    vector: Vector,
    headers: dict[str, str],
    body: bytes = BODY,
    *,
    secrets: tuple[str, ...] | None = None,
    now: datetime = NOW,
) -> Verdict:
    return verify(
        vector.family,
        headers=headers,
        body=body,
        secrets=(vector.secret,) if secrets is None else secrets,
        now=now,
    )


@each_family
def test_a_signature_is_that_of_the_published_vector(vector: Vector) -> None:
    assert sign(vector.family, secret=vector.secret, message=vector.message) == vector.signature


@each_family
def test_the_published_vector_is_valid(vector: Vector) -> None:
    assert _verdict(vector, vector.sent()) is Verdict.VALID


@each_family
def test_one_changed_byte_is_refused(vector: Vector) -> None:
    for position in range(len(BODY)):
        changed = BODY[:position] + bytes([BODY[position] ^ 1]) + BODY[position + 1 :]

        assert _verdict(vector, vector.sent(), changed) is Verdict.WRONG


@each_family
def test_a_missing_header_is_told_apart(vector: Vector) -> None:
    sent = vector.sent()

    for name in sent:
        others = {key: value for key, value in sent.items() if key != name}
        assert _verdict(vector, others) is Verdict.MISSING


@each_family
def test_any_of_several_secrets_will_do(vector: Vector) -> None:
    assert _verdict(vector, vector.sent(), secrets=("old", vector.secret)) is Verdict.VALID
    assert _verdict(vector, vector.sent(), secrets=("old", "new")) is Verdict.WRONG
    assert _verdict(vector, vector.sent(), secrets=()) is Verdict.WRONG


@each_family
@pytest.mark.parametrize("given", ["ü", "\udcff", "v1", "sha256=", " ", "x" * 10_000])
def test_hostile_signatures_are_wrong_and_raise_nothing(vector: Vector, given: str) -> None:
    assert _verdict(vector, vector.sent(**{vector.header: given})) is Verdict.WRONG


@dated
@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (-301, Verdict.STALE),
        (-300, Verdict.VALID),
        (300, Verdict.VALID),
        (301, Verdict.STALE),
    ],
)
def test_a_signed_time_is_believed_for_five_minutes(
    vector: Vector, seconds: int, verdict: Verdict
) -> None:
    now = NOW + timedelta(seconds=seconds)

    assert _verdict(vector, vector.sent(), now=now) is verdict


@dated
@pytest.mark.parametrize(
    "timestamp", ["soon", "-1", "1e9", "999999999999", "٣", "2026-11-21T12:00:00", "\udcff"]
)
def test_a_time_that_cannot_be_read_is_stale(vector: Vector, timestamp: str) -> None:
    name = next(name for name in vector.headers if "timestamp" in name)
    message = Message(BODY, timestamp=timestamp, message_id=vector.message.message_id)
    signature = sign(vector.family, secret=vector.secret, message=message)

    sent = vector.sent(**{name: timestamp, vector.header: signature})

    assert _verdict(vector, sent) is Verdict.STALE


def test_standard_webhooks_may_carry_several_signatures() -> None:
    vector = VECTORS[-1]
    several = f"v1,AAAA v1a,BBBB {vector.signature}"

    assert _verdict(vector, vector.sent(**{"webhook-signature": several})) is Verdict.VALID


def test_surveymonkey_may_sign_its_body_without_spaces() -> None:
    vector = next(each for each in VECTORS if each.family is Family.SURVEYMONKEY)

    assert _verdict(vector, vector.sent(), b'{ "a": 1 }') is Verdict.VALID
    assert _verdict(vector, vector.sent(), b'{ "a": 2 }') is Verdict.WRONG
    assert _verdict(vector, vector.sent(), b"[" * 100_000) is Verdict.WRONG


@pytest.mark.parametrize(
    ("family", "secret", "readable"),
    [
        (Family.STANDARD, STANDARD_SECRET, True),
        (Family.STANDARD, "whsec_%%%", False),
        (Family.STANDARD, "whsec_", False),
        (Family.STANDARD, "whsec_AAAAAAAAAAAAAAAAAAAA", False),
        (Family.STANDARD, "whsec_AAAAAAAAAAAAAAAAAAAAAA==", True),
        (Family.STANDARD, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", False),
        (Family.TYPEFORM, "anything", True),
        (Family.TYPEFORM, "", False),
    ],
)
def test_a_secret_must_be_a_key_of_its_family(family: Family, secret: str, readable: bool) -> None:
    assert readable_secret(family, secret) is readable
