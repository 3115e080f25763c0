"""Strict bodies, pages by cursor, posts that may be repeated, and problems in one shape."""

from __future__ import annotations

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from cxm.kernel.api import cursor_page
from cxm.kernel.errors import DomainError
from cxm.kernel.problems import problem_handler
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.touchpoints.api.shapes import TouchpointSerializer
from cxm.touchpoints.errors import KeyTakenError
from cxm.touchpoints.models import Channel, Touchpoint
from tests import make

if TYPE_CHECKING:
    from pytest_django import Settings
    from rest_framework.response import Response

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
CHANNELS = "/api/v1/channels/"
SOME_ID = "018f0000-0000-7000-8000-000000000000"


def _key(of: Tenant, *rights: Right) -> dict[str, str]:
    _, text = make.api_key(of=of, rights=rights or tuple(Right))
    return {"Authorization": f"Bearer {text}"}


def _post(headers: dict[str, str], body: object, url: str = CHANNELS, **more: str) -> Any:
    return Client().post(url, json.dumps(body), "application/json", headers={**headers, **more})


def _cursor(plain: str) -> str:
    return f"cursor={base64.urlsafe_b64encode(plain.encode()).decode()}"


def _titles(of: Tenant) -> list[str]:
    with tenant_bound(of.pk):
        rows = Channel.objects.for_tenant(of).order_by("title")
        return list(rows.values_list("title", flat=True))


def test_a_problem_has_the_members_of_rfc_9457() -> None:
    tenant = make.tenant()
    make.channel(of=tenant, key="web")

    answer = _post(_key(tenant), {"title": "Website", "key": "web"})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    message = "“web” is taken: choose another key."
    assert answer.json() == {
        "type": "/api/docs/#problem-refused",
        "title": "The request was understood, but something in it must change",
        "status": 422,
        "detail": message,
        "errors": [{"field": "key", "code": "key_taken", "message": message}],
    }


def test_every_wrong_field_has_its_entry() -> None:
    tenant = make.tenant()

    answer = _post(_key(tenant), {"key": "not a key", "medium": "pigeon"})

    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
        ("title", "required"),
        ("medium", "invalid_choice"),
        ("key", "invalid"),
    ]


def test_unknown_fields_are_refused_by_name() -> None:
    tenant = make.tenant()

    answer = _post(_key(tenant), {"title": "Website", "colour": "blue", "id": 1})

    errors = answer.json()["errors"]
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in errors] == [
        ("colour", "unknown_field"),
        ("id", "unknown_field"),
    ]
    assert errors[0]["message"].endswith("Known fields: key, medium, ownership, title.")
    assert _titles(tenant) == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[" * 100_000,
        b'{"title": NaN}',
        b'{"title": -1e400}',
        b"\xff\xfe\x00",
        b"1" * 5_000,
        b'{"\\ud800": 1}',
    ],
    ids=["open", "nested", "nan", "infinite", "no-text", "huge-number", "half-a-pair"],
)
def test_a_body_that_is_no_json_is_unreadable(body: bytes) -> None:
    headers = _key(make.tenant())

    answer = Client().post(CHANNELS, body, "application/json", headers=headers)

    assert answer.status_code == 400
    assert answer.json()["type"] == "/api/docs/#problem-unreadable"


@pytest.mark.parametrize("repeatable", [{}, {"Idempotency-Key": "a1"}], ids=["once", "repeatable"])
def test_a_body_above_the_limit_is_too_large(
    settings: Settings, repeatable: dict[str, str]
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = _post(_key(make.tenant()), {"title": "W" * 100}, **repeatable)

    assert answer.status_code == 413
    assert answer.json()["type"] == "/api/docs/#problem-too-large"


def test_what_is_missing_and_what_is_not_ones_own_look_alike() -> None:
    tenant, other = make.tenant(), make.tenant()
    theirs = make.channel(of=other)
    headers = _key(tenant)

    foreign = Client().get(f"{CHANNELS}{theirs.pk}/", headers=headers)
    missing = Client().get(f"{CHANNELS}{tenant.pk}/", headers=headers)

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() == missing.json()
    assert foreign.json()["detail"] == "There is nothing here for you."


def test_a_wrong_key_is_asked_to_sign_in() -> None:
    answer = Client().get(CHANNELS, headers={"Authorization": "Bearer cxm_no_key"})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_without_the_right_is_refused() -> None:
    tenant = make.tenant()

    answer = _post(_key(tenant, Right.SEE_REGISTRIES), {"title": "Website"})

    assert answer.status_code == 403
    assert answer.json()["type"] == "/api/docs/#problem-not-allowed"
    assert _titles(tenant) == []


def test_too_many_requests_are_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = _key(make.tenant())
    monkeypatch.setattr(
        "cxm.tenants.api_auth.TenantThrottle.THROTTLE_RATES", {"tenant": "1/minute"}
    )

    first = Client().get(CHANNELS, headers=headers)
    second = Client().get(CHANNELS, headers=headers)

    assert (first.status_code, second.status_code) == (200, 429)
    assert 1 <= int(second.headers["Retry-After"]) <= 60


def test_an_unforeseen_error_is_not_made_a_problem() -> None:
    assert problem_handler(ZeroDivisionError(), {}) is None


@pytest.mark.parametrize(
    ("error", "code", "field"),
    [(KeyTakenError("web"), "key_taken", "key"), (DomainError("No."), "domain", None)],
    ids=["with a field", "without"],
)
def test_a_domain_error_is_named_after_its_class(
    error: DomainError, code: str, field: str | None
) -> None:
    answer: Response | None = problem_handler(error, {})

    assert answer is not None
    assert answer.data["errors"] == [{"field": field, "code": code, "message": str(error)}]


def test_following_next_gives_every_row_once_though_rows_come_and_go() -> None:
    tenant = make.tenant()
    headers = _key(tenant)
    for title in ("Basket", "Delivery", "Delivery", "Delivery", "Return"):
        make.touchpoint(of=tenant, title=title)

    first = Client().get("/api/v1/touchpoints/?limit=2", headers=headers).json()
    with tenant_bound(tenant.pk):
        Touchpoint.objects.for_tenant(tenant).filter(title="Basket").delete()
    make.touchpoint(of=tenant, title="Account")
    second = Client().get(first["next"], headers=headers).json()
    third = Client().get(second["next"], headers=headers).json()

    pages = [first, second, third]
    titles = [[row["title"] for row in page["results"]] for page in pages]
    ids = [row["id"] for page in pages for row in page["results"]]
    assert titles == [["Basket", "Delivery"], ["Delivery", "Delivery"], ["Return"]]
    assert len(set(ids)) == 5
    assert third["next"] is None


def test_pages_that_run_downwards_end_too() -> None:
    tenant = make.tenant()
    headers = _key(tenant)
    for number in range(3):
        make.job(of=tenant, title=f"Job {number}")

    first = Client().get("/api/v1/jobs/?limit=2", headers=headers).json()
    second = Client().get(first["next"], headers=headers).json()

    assert len(first["results"]) == 2
    assert len(second["results"]) == 1
    assert second["next"] is None
    assert {row["title"] for row in first["results"] + second["results"]} == {
        "Job 0",
        "Job 1",
        "Job 2",
    }


def test_pages_follow_an_order_of_three_fields_up_and_down() -> None:
    tenant = make.tenant()
    wanted = [("Z", "action"), ("Z", "communication"), ("A", "action"), ("A", "communication")]
    with tenant_bound(tenant.pk):
        for number, (title, interaction) in enumerate(wanted[i] for i in (2, 1, 3, 0)):
            Touchpoint.objects.create(
                tenant=tenant, key=f"key-{number}", title=title, interaction=interaction
            )
        rows = Touchpoint.objects.for_tenant(tenant).order_by("-title", "interaction", "pk")
        found: list[tuple[str, str]] = []
        address: str | None = "/?limit=1"
        for _ in wanted:
            request = Request(APIRequestFactory().get(address or "/"))
            page = cursor_page(request, rows, TouchpointSerializer).data
            found += [(row["title"], row["interaction"]) for row in page["results"]]
            address = page["next"]

    assert (found, address) == (wanted, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        (f"limit={'9' * 5_000}", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WzFd", "cursor"),
        ("cursor=WyJhIiwgImIiXQ", "cursor"),
        (_cursor(f'["Infinity", "{SOME_ID}"]'), "cursor"),
        (_cursor(f'[Infinity, "{SOME_ID}"]'), "cursor"),
        (_cursor("[null, null]"), "cursor"),
        (_cursor("[" * 100_000), "cursor"),
        ("colour=blue", "colour"),
        ("archived=perhaps", "archived"),
    ],
)
def test_wrong_parameters_are_named(query: str, field: str) -> None:
    answer = Client().get(f"{CHANNELS}?{query}", headers=_key(make.tenant()))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("path", "cursor"),
    [
        ("touchpoints", f'["\\u0000", "{SOME_ID}"]'),
        ("touchpoints", f'["\\ud800", "{SOME_ID}"]'),
        ("jobs", f'["2026-11-21T12:00:00", "{SOME_ID}"]'),
    ],
    ids=["nul", "half-a-pair", "no-zone"],
)
def test_a_cursor_that_no_row_can_have_is_refused(path: str, cursor: str) -> None:
    answer = Client().get(f"/api/v1/{path}/?{_cursor(cursor)}", headers=_key(make.tenant()))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["cursor"]


@pytest.mark.parametrize("order", [[], ["title"], ["archived_at", "pk"], ["channel__title", "pk"]])
def test_pages_refuse_an_order_that_is_not_total(order: list[str]) -> None:
    tenant = make.tenant()
    rows = Touchpoint.objects.for_tenant(tenant).order_by(*order)

    with pytest.raises(ValueError, match=r"total order|may be null"):
        cursor_page(None, rows, None)  # type: ignore[arg-type]  # refused before either is used


def test_the_same_key_and_body_give_the_first_answer_again() -> None:
    tenant = make.tenant()
    headers = _key(tenant) | {"Idempotency-Key": "a1"}

    first = _post(headers, {"title": "Website"})
    again = _post(headers, {"title": "Website"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert _titles(tenant) == ["Website"]


def test_the_same_key_with_another_body_is_a_conflict() -> None:
    tenant = make.tenant()
    headers = _key(tenant) | {"Idempotency-Key": "a1"}

    _post(headers, {"title": "Website"})
    other = _post(headers, {"title": "App"})

    assert other.status_code == 409
    assert other.json()["type"] == "/api/docs/#problem-conflict"
    assert _titles(tenant) == ["Website"]


def test_keys_of_different_senders_do_not_meet() -> None:
    tenant = make.tenant()

    for headers, title in ((_key(tenant), "Website"), (_key(tenant), "App")):
        _post(headers | {"Idempotency-Key": "a1"}, {"title": title})

    assert _titles(tenant) == ["App", "Website"]


def test_a_refused_post_may_be_corrected_with_the_same_key() -> None:
    tenant = make.tenant()
    headers = _key(tenant) | {"Idempotency-Key": "a1"}

    refused = _post(headers, {"title": ""})
    corrected = _post(headers, {"title": "Website"})

    assert (refused.status_code, corrected.status_code) == (422, 201)


def test_a_key_of_two_hundred_characters_is_the_longest() -> None:
    headers = _key(make.tenant())

    kept = _post(headers, {"title": "Website"}, **{"Idempotency-Key": "k" * 200})
    refused = _post(headers, {"title": "App"}, **{"Idempotency-Key": "k" * 201})

    assert (kept.status_code, refused.status_code) == (201, 422)
    assert refused.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_key_that_no_text_can_be_is_refused() -> None:
    refused = _post(_key(make.tenant()), {"title": "App"}, **{"Idempotency-Key": "k\0"})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_fifty_equal_posts_at_once_have_one_effect() -> None:
    tenant = make.tenant()
    headers = _key(tenant) | {"Idempotency-Key": "a1"}
    start = threading.Barrier(50)

    def post(number: int) -> tuple[int, str]:
        start.wait()
        try:
            answer = _post(headers, {"title": "App" if number % 10 == 9 else "Website"})
            return answer.status_code, json.dumps(answer.json(), sort_keys=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(post, range(50)))

    assert len(_titles(tenant)) == 1
    assert len({body for status, body in answers if status == 201}) == 1
    is_website = _titles(tenant) == ["Website"]
    assert sorted(status for status, _ in answers) == (
        [201] * 45 + [409] * 5 if is_website else [201] * 5 + [409] * 45
    )
