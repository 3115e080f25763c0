"""Pages of webhooks through the browser's door."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.integrations.models import Delivery, Webhook, WebhookSecret
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from cxm.tenants.sending import SENT_AS
from tests import make
from tests.integrations.hooking import CREATED, again, deliveries, happens, turn, webhook
from tests.integrations.receiver import Answer, receiving

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ENTERED = {
    "title": "CRM",
    "url": "https://crm.example/hook",
    "kinds": [CREATED, "import.finished"],
    "form": "standard",
}


def _url(member: Membership, name: str, *args: UUID) -> str:
    return reverse(f"integrations:{name}", args=[member.tenant.slug, *args])


@pytest.fixture
def client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _audited(member: Membership) -> list[str]:
    with tenant_bound(member.tenant_id):
        rows = AuditEntry.objects.for_tenant(member.tenant).filter(action__startswith="webhook")
        return list(rows.order_by("at", "pk").values_list("action", flat=True))


def test_an_empty_list_offers_the_first_webhook(client: Client, member: Membership) -> None:
    words = client.get(_url(member, "webhook-list")).content.decode()

    assert "Nothing is sent anywhere" in words
    assert "Add the first webhook" in words


def test_a_new_webhook_shows_its_secret_this_once(client: Client, member: Membership) -> None:
    made = client.post(_url(member, "webhook-new"), ENTERED)

    with tenant_bound(member.tenant_id):
        (hook,) = Webhook.objects.for_tenant(member.tenant)
        (secret,) = WebhookSecret.objects.for_tenant(member.tenant)
    found = re.search(r'value="(whsec_[^"]+)"', made.content.decode())
    assert found
    assert found[1].startswith(secret.hint)
    assert "no-store" in made["Cache-Control"]
    assert (hook.title, hook.site) == ("CRM", "http://testserver")
    assert hook.kinds == ["import.finished", CREATED]
    later = client.get(_url(member, "webhook-detail", hook.pk)).content.decode()
    assert found[1] not in later
    assert f"{secret.hint}…" in later
    assert _audited(member) == ["webhook-created"]


def test_a_form_sent_twice_makes_one_webhook_and_leads_to_it(
    client: Client, member: Membership
) -> None:
    first = client.post(_url(member, "webhook-new"), {**ENTERED, SENT_AS: "a"})
    again = client.post(_url(member, "webhook-new"), {**ENTERED, SENT_AS: "a"})

    with tenant_bound(member.tenant_id):
        (hook,) = Webhook.objects.for_tenant(member.tenant)
    assert (first.status_code, again.status_code) == (200, 302)
    assert again["Location"] == _url(member, "webhook-detail", hook.pk)


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"url": "http://crm.example/"}, "Begin with https://"),
        ({"url": "https://crm.example:22/"}, "Use port 443 or 8443."),
        ({"url": ""}, "This field is required."),
        ({"kinds": []}, "Choose at least one kind of event."),
        ({"kinds": ["no.such"]}, "no.such is not one of the available choices"),
        ({"form": "delighted"}, "Delighted had no event like “import.finished”"),
        ({"title": "x" * 121}, "at most 120 characters"),
    ],
)
def test_bad_input_is_refused_in_words_and_what_was_typed_stays(
    entered: dict[str, Any], words: str, client: Client, member: Membership
) -> None:
    answer = client.post(_url(member, "webhook-new"), {**ENTERED, **entered}, headers=HTMX)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="CRM"' in answer.content.decode() or "title" in entered
    with tenant_bound(member.tenant_id):
        assert not Webhook.objects.for_tenant(member.tenant).exists()


def test_a_workspace_has_at_most_twenty(client: Client, member: Membership) -> None:
    for _ in range(20):
        webhook(member)

    answer = client.post(_url(member, "webhook-new"), ENTERED)

    assert answer.status_code == 422
    assert "at most 20 webhooks" in answer.content.decode()


def test_settings_change_where_it_goes_and_keep_the_address_out_of_the_audit(
    client: Client, member: Membership
) -> None:
    hook, _ = webhook(member)
    url = "https://crm.example/hook?token=geheim"

    answer = client.post(_url(member, "webhook-settings", hook.pk), {**ENTERED, "url": url})

    assert answer.status_code == 302
    assert again(hook).url == url
    with tenant_bound(member.tenant_id):
        entry = AuditEntry.objects.for_tenant(member.tenant).get(action="webhook-changed")
    assert "geheim" not in str(entry.changes)
    assert entry.changes["url"] == ["crm.example", "crm.example"]


def test_a_test_is_sent_and_its_answer_appears(
    client: Client, member: Membership, settings
) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    with receiving(Answer(418, body=b"<b>teapot</b>")) as receiver:
        hook, _ = webhook(member, receiver.url())
        shown = client.post(_url(member, "webhook-test", hook.pk), follow=True)
        turn(member.tenant, now() + timedelta(seconds=1))
        (delivery,) = deliveries(member.tenant)
        polled = client.get(_url(member, "delivery", hook.pk, delivery.pk), headers=HTMX)

    assert "On its way" in shown.content.decode()
    assert 'hx-trigger="every 1s"' in shown.content.decode()
    after = polled.content.decode()
    assert after.lstrip().startswith('<section id="delivery-outcome"')
    assert "The receiver answered 418." in after
    assert "&lt;b&gt;teapot&lt;/b&gt;" in after
    assert "hx-trigger" not in after
    assert (delivery.state, delivery.attempts, again(hook).failing_since) == ("dead", 1, None)


def test_a_test_goes_out_though_the_webhook_is_paused(
    client: Client, member: Membership, settings
) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    with receiving() as receiver:
        hook, _ = webhook(member, receiver.url())
        client.post(_url(member, "webhook-pause", hook.pk))
        client.post(_url(member, "webhook-test", hook.pk))
        turn(member.tenant, now() + timedelta(seconds=1))

    assert len(receiver.got) == 1
    assert (again(hook).state, again(hook).reason) == ("paused", "person")


def test_pausing_resuming_rotating_and_removing_are_audited_and_bear_a_second_click(
    client: Client, member: Membership
) -> None:
    hook, _ = webhook(member)
    happens(member.tenant)

    for name in ("webhook-pause", "webhook-pause", "webhook-resume", "webhook-resume"):
        assert client.post(_url(member, name, hook.pk)).status_code == 302
    rotated = client.post(_url(member, "webhook-rotate", hook.pk), {"grace": "now"})
    assert "whsec_" in rotated.content.decode()
    assert client.post(_url(member, "webhook-remove", hook.pk)).status_code == 302
    assert client.post(_url(member, "webhook-remove", hook.pk)).status_code == 404

    assert _audited(member) == [
        "webhook-created",
        "webhook-paused",
        "webhook-resumed",
        "webhook-secret-rotated",
        "webhook-removed",
    ]
    with tenant_bound(member.tenant_id):
        left = (Webhook, WebhookSecret, Delivery)
        assert [one.objects.for_tenant(member.tenant).count() for one in left] == [0, 0, 0]


def test_an_unknown_grace_is_refused(client: Client, member: Membership) -> None:
    hook, _ = webhook(member)

    answer = client.post(_url(member, "webhook-rotate", hook.pk), {"grace": "never"})

    assert answer.status_code == 422
    assert _audited(member) == ["webhook-created"]


def test_two_secrets_sign_at_most_and_ended_ones_are_forgotten(
    client: Client, member: Membership
) -> None:
    hook, _ = webhook(member)

    for _ in range(4):
        client.post(_url(member, "webhook-rotate", hook.pk), {"grace": "week"})

    with tenant_bound(member.tenant_id):
        assert WebhookSecret.objects.for_tenant(member.tenant).count() == 2


def test_the_log_filters_and_one_is_sent_again(client: Client, member: Membership) -> None:
    hook, _ = webhook(member, kinds=[CREATED, "import.finished"])
    happens(member.tenant)
    happens(member.tenant, "import.finished")
    first, second = deliveries(member.tenant)
    _end(member, "dead", first.pk)
    _end(member, "delivered", second.pk)
    log = _url(member, "delivery-list", hook.pk)

    dead = client.get(log, {"state": "dead"}).content.decode()
    imports = client.get(log, {"kind": "import.finished"}).content.decode()
    strange = client.get(log, {"state": "nope", "kind": "x" * 100}).content.decode()
    for _ in range(2):
        client.post(_url(member, "delivery-replay", hook.pk, first.pk))

    assert _rows(dead) == [str(first.pk)]
    assert _rows(imports) == [str(second.pk)]
    assert _rows(strange) == [str(second.pk), str(first.pk)]
    assert [one.state for one in deliveries(member.tenant)] == ["waiting", "delivered"]
    assert _audited(member)[1:] == ["webhook-replayed"]


@pytest.mark.parametrize(
    ("entered", "states"),
    [
        ({"first_on": "2026-11-20", "last_on": "2026-11-20"}, ["waiting", "waiting", "delivered"]),
        (
            {"first_on": "2026-11-20", "last_on": "2026-11-20", "is_dead_only": "on"},
            ["waiting", "delivered", "delivered"],
        ),
        ({"first_on": "2026-11-20", "last_on": "2026-11-21"}, ["waiting"] * 3),
    ],
)
def test_whole_days_are_sent_again(
    entered: dict[str, str], states: list[str], client: Client, member: Membership
) -> None:
    hook, _ = webhook(member)
    for day in (0, 0, 1):
        happens(member.tenant, at=make.NOW + timedelta(days=day))
    one, two, three = deliveries(member.tenant)
    _end(member, "dead", one.pk)
    _end(member, "delivered", two.pk, three.pk)

    answer = client.post(_url(member, "deliveries-replay", hook.pk), entered)

    assert answer.status_code == 302
    assert [one.state for one in deliveries(member.tenant)] == states


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"first_on": "2026-11-20", "last_on": "2026-11-19"}, "not before the first"),
        ({"first_on": "2026-01-01", "last_on": "2026-01-02"}, "Nothing fits"),
        ({"first_on": "yesterday", "last_on": "9999-12-31"}, "Enter a valid date"),
        ({}, "This field is required"),
    ],
)
def test_days_that_make_no_sense_are_refused(
    entered: dict[str, str], words: str, client: Client, member: Membership
) -> None:
    hook, _ = webhook(member)

    answer = client.post(_url(member, "deliveries-replay", hook.pk), entered)

    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_who_may_not_manage_keys_finds_nothing(role: Role, member: Membership) -> None:
    hook, _ = webhook(member)
    client = Client()
    client.force_login(make.member(of=member.tenant, role=role).user)

    asked = [
        client.get(_url(member, "webhook-list")),
        client.get(_url(member, "webhook-detail", hook.pk)),
        client.post(_url(member, "webhook-test", hook.pk)),
        client.post(_url(member, "webhook-remove", hook.pk)),
    ]

    assert [answer.status_code for answer in asked] == [404] * 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_as_often_for_one_as_for_three(
    count: int, client: Client, member: Membership
) -> None:
    hooks = [webhook(member)[0] for _ in range(count)]
    for _ in range(count):
        happens(member.tenant)
    asked = []

    for url in (_url(member, "webhook-list"), _url(member, "delivery-list", hooks[0].pk)):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        asked.append(len(queries))

    assert asked == [11, 12]


def _end(member: Membership, state: str, *ids: UUID) -> None:
    with tenant_bound(member.tenant_id):
        rows = Delivery.objects.for_tenant(member.tenant).filter(pk__in=ids)
        rows.update(state=state, next_at=None, finished_at=make.NOW)


def _rows(page: str) -> list[str]:
    return re.findall(r'<a href="[^"]*/deliveries/([0-9a-f-]{36})/">', page)
