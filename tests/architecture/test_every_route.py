"""Every route, tried by everybody who must not get in: nothing of another tenant comes out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.api import api_schema
from cxm.tenants.api_auth import TenantThrottle
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.postgresql.owner import owner_connection
from cxm.tenants.querysets import TenantBaseManager, TenantQuerySet
from cxm.tenants.rules import RIGHTS, Right, Role
from tests import make
from tests.architecture.routes import (
    METHODS,
    PLANTED,
    PUBLIC_ROUTES,
    Route,
    World,
    every_route,
    foreign_rows,
    key_of,
    tenant_routes,
    text_of,
    world,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


PAGE_METHODS = ("get", "post")


@pytest.fixture(autouse=True)
def _in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one sender ask every route; that this is too fast is tried elsewhere."""
    monkeypatch.setattr(TenantThrottle, "allow_request", lambda *_: True)


NOTHING_HERE, NOT_ALLOWED, NO_SUCH_METHOD = 404, 403, 405


def _tries(
    route: Route,
    made: World,
    client: Client,
    headers: dict[str, str],
    methods: tuple[str, ...] = METHODS,
) -> Iterator[tuple[str, Any]]:
    """Send *methods* to *route*, with the planted ids in every place that takes one."""
    sent = {name: value for name, value in headers.items() if name != "slug"}
    slug = headers.get("slug", made.mine.slug)
    url = route.url(slug, made.ids)
    ids = {name.removesuffix("_id"): str(value) for name, value in made.ids.items()}
    for method in methods if route.is_api else [m for m in methods if m in PAGE_METHODS]:
        send = getattr(client, method)
        if method == "get":
            yield method, send(url, headers=sent)
        elif route.is_api:
            yield method, send(url, {}, content_type="application/json", headers=sent)
        else:
            yield method, send(url, {**ids, "into": ids["touchpoint"]}, headers=sent)


def _offence(
    route: Route, method: str, answer: Any, allowed: set[int]
) -> list[tuple[str, str, int]]:
    """Name what is wrong with *answer*: its status, or something planted in it."""
    is_clean = PLANTED not in text_of(answer) and answer.status_code in allowed
    return [] if is_clean else [(route.path, method, answer.status_code)]


def _client(member: Membership | None) -> Client:
    client = Client(raise_request_exception=False)
    if member:
        client.force_login(member.user)
    return client


def _member_without(right: Right, tenant: Any) -> Membership:
    """Make a member who has not *right*; where every role has it, one who was removed."""
    roles = [role for role in Role if right not in RIGHTS[role]]
    member = make.member(of=tenant, role=roles[0] if roles else Role.OWNER)
    if not roles:
        with tenant_bound(tenant.pk):
            Membership.objects.for_tenant(tenant).filter(pk=member.pk).update(is_active=False)
    return member


def test_every_route_is_of_a_tenant_or_on_the_list_of_public_ones() -> None:
    public = {route.path for route in every_route() if not route.is_of_a_tenant}

    assert public == PUBLIC_ROUTES


def test_every_route_of_a_tenant_names_the_right_it_needs() -> None:
    silent = [route.path for route in tenant_routes() if not route.rights]
    unlisted = [
        (route.path, method)
        for route in tenant_routes()
        if route.is_api
        for method in METHODS
        if hasattr(vars(route.view)["cls"], method) and method not in route.rights
    ]

    assert (silent, unlisted) == ([], [])


def test_every_operation_of_the_schema_is_a_route() -> None:
    described = {path.lstrip("/") for path in api_schema()["paths"]}

    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path) for route in tenant_routes()}

    assert described == {path for path in routes if path.startswith("api/v1/")}


@pytest.mark.django_db
def test_every_argument_of_a_path_has_a_planted_row() -> None:
    known = set(world().ids)

    unknown = {name for route in tenant_routes() for name in route.arguments} - known

    assert unknown == set()


@pytest.mark.slow
@pytest.mark.django_db
def test_ids_of_another_tenant_are_found_nowhere() -> None:
    made = world()
    client, before = _client(made.owner), foreign_rows(made)
    offences = []
    for route in tenant_routes():
        allowed = (
            {NOTHING_HERE, NO_SUCH_METHOD}
            if route.arguments
            # Nothing is found, either, of what a body names.
            else {200, 201, 202, 204, 302, NOTHING_HERE, NO_SUCH_METHOD, 415, 422}
        )
        for method, answer in _tries(route, made, client, {"X-Tenant": made.mine.slug}):
            # An unread body comes before the row: a refusal of the body says nothing of it.
            read_first = {422} if route.is_api and method in {"post", "patch"} else set()
            offences += _offence(route, method, answer, allowed | read_first)

    assert offences == []
    assert foreign_rows(made) == before


@pytest.mark.slow
@pytest.mark.django_db
def test_a_stranger_finds_no_tenant() -> None:
    made = world()
    client, before = _client(made.owner), foreign_rows(made)
    offences = []
    for route in tenant_routes():
        headers = {"slug": made.foreign.slug, "X-Tenant": made.foreign.slug}
        for method, answer in _tries(route, made, client, headers):
            offences += _offence(route, method, answer, {NOTHING_HERE, NO_SUCH_METHOD})

    assert offences == []
    assert foreign_rows(made) == before


@pytest.mark.slow
@pytest.mark.django_db
def test_somebody_who_has_not_signed_in_is_asked_to() -> None:
    made = world()
    client, before = _client(None), foreign_rows(made)
    offences = []
    for route in tenant_routes():
        allowed = {401, NO_SUCH_METHOD} if route.is_api else {302, NO_SUCH_METHOD}
        for method, answer in _tries(route, made, client, {"slug": made.foreign.slug}):
            offences += _offence(route, method, answer, allowed)
            if answer.status_code == 302 and not answer["Location"].startswith("/accounts/login/"):
                offences.append((route.path, method, 302))

    assert offences == []
    assert foreign_rows(made) == before


@pytest.mark.slow
@pytest.mark.django_db
def test_a_member_without_the_right_finds_no_page() -> None:
    made = world()
    before = foreign_rows(made)
    clients = {right: _client(_member_without(right, made.foreign)) for right in Right}
    before = foreign_rows(made)
    offences = []
    for route in tenant_routes():
        headers = {"slug": made.foreign.slug, "X-Tenant": made.foreign.slug}
        refused = {NOT_ALLOWED, NOTHING_HERE} if route.is_api else {NOTHING_HERE}
        for wanted, right in route.rights.items():
            for method, answer in _tries(route, made, clients[right], headers, (wanted,)):
                offences += _offence(route, method, answer, refused | {NO_SUCH_METHOD})

    assert offences == []
    assert foreign_rows(made) == before


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rights", "is_revoked", "status"),
    [
        pytest.param(list(Right), True, 401, id="a-revoked-key"),
        pytest.param([], False, NOT_ALLOWED, id="a-key-without-rights"),
    ],
)
def test_a_key_that_may_not_gets_nothing(
    rights: list[Right], is_revoked: bool, status: int
) -> None:
    made = world()
    text = key_of(made.foreign, rights, is_revoked=is_revoked)
    client, before = _client(None), foreign_rows(made)
    offences = []
    for route in tenant_routes():
        if route.is_api:
            for method, answer in _tries(route, made, client, {"Authorization": f"Bearer {text}"}):
                offences += _offence(route, method, answer, {status, NO_SUCH_METHOD})

    assert offences == []
    after = foreign_rows(made)
    assert {name for name in after if after[name] != before[name]} <= {"tenants.ApiKey"}


@pytest.mark.slow
@pytest.mark.django_db
def test_a_key_of_another_tenant_finds_nothing() -> None:
    made = world()
    text = key_of(made.mine, list(Right))
    client, before = _client(None), foreign_rows(made)
    offences = []
    for route in tenant_routes():
        if route.is_api and route.arguments:
            headers = {"Authorization": f"Bearer {text}", "X-Tenant": made.foreign.slug}
            for method, answer in _tries(route, made, client, headers):
                offences += _offence(route, method, answer, {NOTHING_HERE, NO_SUCH_METHOD, 422})

    assert offences == []
    assert foreign_rows(made) == before


@pytest.mark.slow
@pytest.mark.django_db
def test_public_routes_show_nothing_of_a_tenant_to_strangers() -> None:
    made = world()
    strange = {"token": "x" * 43, "key": "x", "uidb36": "x", "public_id": "x", "version": "x"}
    values = {**made.ids, **strange, "slug": made.mine.slug}
    public = [
        route for route in every_route() if not route.is_of_a_tenant and "^" not in route.path
    ]
    offences = []
    for client in (_client(made.owner), _client(None)):
        for route in public:
            text = text_of(client.get(route.url("", values)))
            if PLANTED in text or made.foreign.slug in text:
                offences.append(route.path)

    assert offences == []


# Mutants: what the code would do if its own filters and checks were gone. What is left is the
# floor, row-level security, and it must hold alone.


def _forget_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    def for_tenant(self: Any, tenant: Any) -> Any:
        rows = self.all()
        rows.query.names_tenant = True
        return rows

    monkeypatch.setattr(TenantQuerySet, "for_tenant", for_tenant)


def _forget_the_base_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        TenantBaseManager, "get_queryset", lambda self: self._queryset_class(self.model)
    )


def _forget_the_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("access", "api_auth"):
        monkeypatch.setattr(f"cxm.tenants.{module}.may", lambda *_: True)
    monkeypatch.setattr("cxm.tenants.api_auth.TenantApiView.actor_may", lambda *_: True)


def _forget_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    _forget_the_filter(monkeypatch)
    _forget_the_base_manager(monkeypatch)
    _forget_the_rights(monkeypatch)


MUTANTS = (_forget_the_filter, _forget_the_base_manager, _forget_the_rights, _forget_everything)


def _leaks(made: World, client: Client, routes: list[Route]) -> set[str]:
    """List the routes that show something planted to the owner of the other tenant."""
    return {
        route.path
        for route in routes
        for _, answer in _tries(route, made, client, {"X-Tenant": made.mine.slug})
        if PLANTED in text_of(answer)
    }


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__.strip("_"))
def test_a_mutant_shows_and_changes_nothing_of_another_tenant(
    mutate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world()
    client, before = _client(made.owner), foreign_rows(made)

    with monkeypatch.context() as patch:
        mutate(patch)
        leaks = _leaks(made, client, tenant_routes())

    assert leaks == set()
    assert foreign_rows(made) == before


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_row_security_a_mutant_does_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    made = world()
    client = _client(made.owner)
    lists = [route for route in tenant_routes() if route.path.endswith(("touchpoints/", "audit/"))]
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE touchpoints_touchpoint DISABLE ROW LEVEL SECURITY")
    try:
        with monkeypatch.context() as patch:
            _forget_the_filter(patch)
            leaks = _leaks(made, client, lists)
    finally:
        with owner_connection() as owner, owner.cursor() as cursor:
            cursor.execute("ALTER TABLE touchpoints_touchpoint ENABLE ROW LEVEL SECURITY")

    assert leaks == {"t/<slug:tenant_slug>/touchpoints/", "api/v1/touchpoints/"}
