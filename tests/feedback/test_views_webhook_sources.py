"""The pages of webhook sources, through the browser's door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.models import EventSource, Rating, SenderSecret, SurveyQuestion
from feedback.rules.senders import SENDERS, SenderKind
from feedback.services.webhook_sources import MOST_SECRETS, create_webhook
from tests import make
from tests.feedback.event_bodies import source_of
from tests.feedback.source_pages import html, url
from tests.feedback.webhook_senders import BODIES, WebhookSender, webhook

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
FORMBRICKS = SenderKind.FORMBRICKS
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def member(client: Client) -> Membership:
    signed_in = make.member(role=Role.ADMIN)
    client.force_login(signed_in.user)
    return signed_in


@pytest.fixture
def source(member: Membership) -> EventSource:
    return webhook_of(member)


def webhook_of(
    member: Membership, title: str = "Forms", kind: SenderKind = FORMBRICKS
) -> EventSource:
    with tenant_bound(member.tenant_id):
        return create_webhook(tenant=member.tenant, title=title, kind=kind, by=member, now=make.NOW)


def stored(source: EventSource) -> EventSource:
    with tenant_bound(source.tenant_id):
        return EventSource.objects.for_tenant(source.tenant_id).get(pk=source.pk)


def secrets_of(source: EventSource) -> list[SenderSecret]:
    with tenant_bound(source.tenant_id):
        rows = SenderSecret.objects.for_tenant(source.tenant_id)
        return list(rows.filter(event_source=source).order_by("created_at", "pk"))


def actions(source: EventSource) -> list[str]:
    with tenant_bound(source.tenant_id):
        rows = AuditEntry.objects.for_tenant(source.tenant_id).filter(object_id=source.pk)
        return list(rows.order_by("at", "pk").values_list("action", flat=True))


# Making one


@pytest.mark.parametrize("kind", list(SENDERS), ids=lambda kind: kind.value)
def test_a_new_webhook_shows_its_address_and_what_to_do(
    client: Client, member: Membership, kind: SenderKind
) -> None:
    sent = {"title": "Feedback", "kind": kind.value, "time_zone": "Asia/Tokyo"}

    answer = client.post(url(member, "event-source-new"), sent, follow=True)

    with tenant_bound(member.tenant_id):
        made = EventSource.objects.for_tenant(member.tenant).get()
    page = html(answer)
    assert (made.kind, made.time_zone, len(made.address)) == (kind.value, "Asia/Tokyo", 32)
    assert f"http://testserver/webhooks/in/{made.address}" in page
    assert f"In {kind.label}" in page
    assert "Keys</a>" not in page


def test_an_unknown_kind_is_refused_and_what_was_typed_stays(
    client: Client, member: Membership
) -> None:
    answer = client.post(url(member, "event-source-new"), {"title": "Kept", "kind": "fax"})

    assert (answer.status_code, 'value="Kept"' in html(answer)) == (422, True)


def test_the_list_tells_webhooks_from_clients(
    client: Client, member: Membership, source: EventSource
) -> None:
    source_of(member)

    page = html(client.get(url(member, "event-source-list")))

    assert "Webhook of Formbricks" in page
    assert "1 that works" in page


def test_the_list_costs_the_same_for_one_webhook_and_for_three(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = make.member()
    webhook_of(member)
    for title in ("A", "B", "C"):
        webhook_of(other, title)

    for who in (member, other):
        client.force_login(who.user)
        with django_assert_num_queries(14):
            client.get(url(who, "event-source-list"))


# Secrets


def test_a_secret_is_kept_sealed_and_never_shown(client: Client, source: EventSource) -> None:
    answer = client.post(url(source, "sender-secret-add"), {"secret": KEY}, follow=True)

    [secret] = secrets_of(source)
    assert "The secret is kept." in html(answer)
    assert KEY not in html(answer)
    assert KEY.removeprefix("whsec_") not in secret.sealed
    assert actions(source)[-1] == "sender-secret-added"
    with tenant_bound(source.tenant_id):
        told = AuditEntry.objects.for_tenant(source.tenant_id).values_list("changes", flat=True)
        assert KEY not in json.dumps(list(told))


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("", "This field is required."),
        ("not base64", "It begins with whsec_."),
        ("whsec_%%%", "It begins with whsec_."),
        ("x" * 301, "at most 300 characters"),
    ],
)
def test_a_secret_that_cannot_be_one_is_refused_at_its_field(
    client: Client, source: EventSource, secret: str, words: str
) -> None:
    answer = client.post(url(source, "sender-secret-add"), {"secret": secret})

    assert (answer.status_code, words in html(answer)) == (422, True)
    assert secrets_of(source) == []


def test_a_secret_is_kept_once_and_at_most_five(client: Client, member: Membership) -> None:
    source = webhook_of(member, kind=SenderKind.TYPEFORM)
    statuses = [
        client.post(url(source, "sender-secret-add"), {"secret": secret}).status_code
        for secret in ("one", "one", "two", "three", "four", "five", "six")
    ]

    assert statuses == [302, 422, 302, 302, 302, 302, 422]
    assert len(secrets_of(source)) == MOST_SECRETS


def test_a_removed_secret_is_gone(client: Client, source: EventSource) -> None:
    client.post(url(source, "sender-secret-add"), {"secret": KEY})
    [secret] = secrets_of(source)

    path = url(source, "sender-secret-remove", secret.pk)
    statuses = [client.post(path).status_code for _ in range(2)]

    assert (statuses, secrets_of(source)) == ([302, 404], [])
    assert actions(source)[-1] == "sender-secret-removed"


# Settings, pausing


def test_settings_say_where_answers_belong(client: Client, member: Membership) -> None:
    source = webhook_of(member, kind=SenderKind.TYPEFORM)
    make.touchpoint(of=member.tenant, key="checkout")
    wished = {"touchpoint": "checkout", "customer_field": "user_id"}

    client.post(url(source, "event-source-settings"), {"title": "New", "time_zone": "", **wished})
    page = html(client.get(url(source, "event-source-settings")))

    assert (stored(source).title, stored(source).mapping) == ("New", wished)
    assert '<option value="checkout" selected>' in page


def test_a_touchpoint_that_is_not_there_is_refused(client: Client, source: EventSource) -> None:
    sent = {"title": "Kept", "touchpoint": "nowhere"}

    answer = client.post(url(source, "event-source-settings"), sent)

    assert (answer.status_code, 'value="Kept"' in html(answer)) == (422, True)


def test_a_source_is_paused_and_goes_on(client: Client, source: EventSource) -> None:
    client.post(url(source, "event-source-pause"))
    paused = html(client.get(url(source, "event-source-live")))
    is_paused = stored(source).paused_at is not None
    client.post(url(source, "event-source-resume"))

    assert (is_paused, stored(source).paused_at) == (True, None)
    assert "This source is paused" in paused
    assert actions(source)[-2:] == ["event-source-paused", "event-source-resumed"]


def test_what_waited_is_promised_together_when_a_source_goes_on(client: Client) -> None:
    of = loaded(client)
    client.post(url(of.source, "event-source-pause"))
    for number in range(3):
        of.deliver([{"webhookId": "w1", "event": "ping", "n": number}], delivery=f"p{number}")

    with CaptureQueriesContext(connection) as queries:
        client.post(url(of.source, "event-source-resume"))
    waiting = [body.state for body in of.bodies()].count("stored")
    of.work()

    written = [one for one in queries if 'INSERT INTO "work_outbox"' in one["sql"]]
    assert (len(written), waiting) == (1, 3)
    assert "stored" not in [body.state for body in of.bodies()]


def test_what_only_webhooks_have_is_not_found_at_other_sources(
    client: Client, member: Membership
) -> None:
    source = source_of(member)
    names = ("event-source-pause", "event-source-resume", "sender-secret-add")

    answers = [client.post(url(source, name)).status_code for name in names]
    answers.append(client.get(url(source, "event-source-questions")).status_code)

    assert answers == [404] * 4


def test_a_webhook_has_no_write_keys(client: Client, source: EventSource) -> None:
    answer = client.post(url(source, "write-key-create"))

    assert (answer.status_code, "A webhook has no write keys" in html(answer)) == (422, True)


# Questions


def loaded(client: Client, *, sent: dict[str, Any] | None = None) -> WebhookSender:
    """Let Formbricks send its sample, and sign in somebody of its tenant."""
    of = webhook(FORMBRICKS)
    of.deliver(sent or BODIES[FORMBRICKS])
    client.force_login(make.member(of=of.tenant, role=Role.ADMIN).user)
    return of


def questions(of: WebhookSender) -> dict[str, SurveyQuestion]:
    with tenant_bound(of.tenant.pk):
        rows = SurveyQuestion.objects.for_tenant(of.tenant).select_related("metric")
        return {question.key: question for question in rows}


def test_a_question_that_gets_a_metric_scores_what_came_before(client: Client) -> None:
    of = loaded(client)
    rows = Rating.objects.for_tenant(of.tenant)
    before = of.rows(rows, "value")
    nps = make.metric(of=of.tenant)
    field = f"question-{questions(of)['q1'].pk}"

    answer = client.post(url(of.source, "event-source-questions"), {field: nps.pk}, follow=True)
    of.work()
    scored = of.rows(rows, "value", "state", "metric__key")
    client.post(url(of.source, "event-source-questions"), {field: ""})
    of.work()

    assert "What came before is read again" in html(answer)
    assert (before, scored) == ([], [(9, "counted", "nps")])
    assert of.rows(rows, "value", "state") == [(9, "replaced")]


def test_a_metric_of_nobody_is_refused(client: Client) -> None:
    of = loaded(client)
    foreign = make.metric(of=make.tenant())
    field = f"question-{questions(of)['q1'].pk}"

    answer = client.post(url(of.source, "event-source-questions"), {field: foreign.pk})

    assert answer.status_code == 422
    assert questions(of)["q1"].metric is None


def test_the_questions_page_explains_itself_when_empty(client: Client, source: EventSource) -> None:
    assert "No questions yet" in html(client.get(url(source, "event-source-questions")))


def test_the_live_view_shows_an_answer_and_what_became_of_it(client: Client) -> None:
    of = loaded(client)
    of.deliver([{"webhookId": "w1", "event": "ping"}], delivery="d2")

    page = html(client.get(url(of.source, "event-source-live")))

    assert "Formbricks s1" in page
    assert "This webhook tells of something else than an answer." in page


def test_refused_signatures_are_counted_on_the_page(client: Client) -> None:
    of = loaded(client)
    of.put(b"[]", of.signed_with(f"whsec_{'A' * 32}").headers(b"[]", at=now()))

    page = html(client.get(url(of.source, "event-source-connect")))

    assert "1 request refused for the signature" in page
    assert "signed with a secret that is not listed here" in page


# Who may


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_who_may_not_manage_sources_finds_nothing(client: Client, role: Role) -> None:
    source = webhook_of(make.member())
    client.force_login(make.member(of=source.tenant, role=role).user)

    answers = [
        client.post(url(source, "sender-secret-add"), {"secret": KEY}).status_code,
        client.post(url(source, "event-source-pause")).status_code,
        client.post(url(source, "event-source-questions"), {}).status_code,
    ]

    assert answers == [404] * 3
