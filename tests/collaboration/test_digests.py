"""What a member was told in a day, in one e-mail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.rules.notices import MOST_LINES, digest_text, line_of, next_digest
from cxm.collaboration.services import notices
from cxm.collaboration.services.notice_mail import mail_digest
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.rules import Mails, Role
from cxm.work.engine import drain
from cxm.work.models import Outbox
from tests import make
from tests.collaboration.commenting import SITE, begun, named, of_persona, said
from tests.personas.editing import persona

if TYPE_CHECKING:
    from personas.selectors.subjects import PersonaSubject

BERLIN = ZoneInfo("Europe/Berlin")
# The workspaces of tests keep UTC; what they are told at noon goes the next morning.
NEXT = date(2026, 11, 21)


@pytest.fixture
def bea() -> Membership:
    return named(make.member(), "Bea Berg")


@pytest.fixture
def ana(bea: Membership) -> Membership:
    ana = named(make.member(of=bea.tenant), "Ana Alves")
    with tenant_bound(ana.tenant_id):
        notices.set_mails(member=ana, mails=Mails.DAILY)
    return ana


@pytest.fixture
def uma(bea: Membership) -> PersonaSubject:
    return of_persona(bea, persona(bea, "Uma"))


@pytest.mark.parametrize(
    ("told", "on", "due"),
    [
        ("2026-11-20T12:00+01:00", "2026-11-21", "2026-11-21T06:00Z"),
        ("2026-11-20T06:59+01:00", "2026-11-20", "2026-11-20T06:00Z"),
        ("2026-11-20T07:00+01:00", "2026-11-21", "2026-11-21T06:00Z"),
        # Between these two the clocks are put on: the morning comes an hour sooner.
        ("2026-03-28T12:00+01:00", "2026-03-29", "2026-03-29T05:00Z"),
    ],
)
def test_a_digest_goes_at_the_next_seven_of_the_place(told: str, on: str, due: str) -> None:
    found = next_digest(datetime.fromisoformat(told), BERLIN)

    assert (found.on, found.due_at) == (date.fromisoformat(on), datetime.fromisoformat(due))


def test_a_long_digest_says_how_much_more_there_is() -> None:
    line = line_of(NoticeKind.MENTION, by="Bea", about="Uma", url="https://cx.example/1")

    text = digest_text([line] * (MOST_LINES + 3), workspace="Acme", url="https://cx.example/all")

    assert text.count("https://cx.example/1\n") == MOST_LINES
    assert "And 3 more: https://cx.example/all" in text


@pytest.mark.django_db
def test_all_of_a_day_comes_once_in_one_mail(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    thread = begun(bea, uma, "@Ana Alves, a secret")
    said(bea, uma, thread)

    _ring(ana)

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([ana.user.email], f"2 notices from {ana.tenant.name}")
    assert "Bea Berg mentioned you in a comment on “Uma”" in sent.body
    assert "Bea Berg commented on “Uma”" in sent.body
    assert sent.body.count(f"{SITE}/t/{ana.tenant.slug}/notices/") == 3
    assert "secret" not in str(sent.message())


def _reads(ana: Membership) -> None:
    notices.read_notices(tenant=ana.tenant, member=ana, now=make.NOW)


def _wants_none(ana: Membership) -> None:
    notices.set_mails(member=ana, mails=Mails.NEVER)


def _leaves(ana: Membership) -> None:
    ana.is_active = False
    ana.save(update_fields=["is_active"])


def _becomes_a_guest(ana: Membership) -> None:
    ana.role = Role.GUEST
    ana.save(update_fields=["role"])


@pytest.mark.django_db
@pytest.mark.parametrize("meanwhile", [_reads, _wants_none, _leaves, _becomes_a_guest])
def test_what_is_not_wanted_any_more_is_not_sent(
    bea: Membership, ana: Membership, uma: PersonaSubject, meanwhile: object
) -> None:
    begun(bea, uma, "@Ana Alves?")
    assert callable(meanwhile)
    with tenant_bound(ana.tenant_id):
        meanwhile(ana)

    _ring(ana)

    assert mail.outbox == []


@pytest.mark.django_db
def test_a_refused_digest_waits_on(
    bea: Membership, ana: Membership, uma: PersonaSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(bea, uma, "@Ana Alves?")

    def refuse(*_: object, **__: object) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.message.EmailMessage.send", refuse)
        with pytest.raises(ConnectionRefusedError):
            _digest(ana)

    assert (_digest(ana), _digest(ana), len(mail.outbox)) == (1, 0, 1)


@pytest.mark.django_db
def test_who_chooses_the_digest_gets_nothing_of_before(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    with tenant_bound(ana.tenant_id):
        notices.set_mails(member=ana, mails=Mails.AT_ONCE)
    begun(bea, uma, "@Ana Alves?")
    with tenant_bound(ana.tenant_id):
        notices.set_mails(member=ana, mails=Mails.DAILY)
        waiting = Notice.objects.for_tenant(ana.tenant).exclude(digest_on=None)

        assert not waiting.exists()


def _digest(ana: Membership) -> int:
    with tenant_bound(ana.tenant_id):
        return mail_digest(tenant_id=ana.tenant_id, member_id=ana.pk, on=NEXT, site=SITE)


def _ring(ana: Membership) -> None:
    """Let the promises of the morning fall due, and keep them."""
    with tenant_bound(ana.tenant_id):
        promised = Outbox.objects.for_tenant(ana.tenant).filter(task=notices.DIGEST)
        assert set(promised.values_list("due_at", flat=True)) == {
            datetime(2026, 11, 21, 7, tzinfo=UTC)
        }
        promised.update(due_at=make.NOW)
    drain(ana.tenant_id)
