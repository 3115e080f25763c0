"""Threads, who follows them, and what people are told, in the product and by mail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.comment_errors import (
    DeletedCommentError,
    NotYoursError,
    OutOfSightError,
    PartGoneError,
)
from cxm.collaboration.selectors.notices import unread_count
from cxm.collaboration.services import comments as services
from cxm.collaboration.services import notices
from cxm.collaboration.services.audience import Audience
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.rules import Mails, Role
from cxm.work.engine import drain
from personas.models import StakeholderMap
from tests import make
from tests.collaboration.commenting import (
    SITE,
    begun,
    comments_of,
    named,
    of_map,
    of_persona,
    said,
    told,
)
from tests.personas import mapping
from tests.personas.editing import persona

if TYPE_CHECKING:
    from cxm.collaboration.models import CommentThread
    from personas.selectors.subjects import PersonaSubject

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(hours=1)


@pytest.fixture
def bea() -> Membership:
    return named(make.member(), "Bea Berg")


@pytest.fixture
def ana(bea: Membership) -> Membership:
    return named(make.member(of=bea.tenant), "Ana Alves")


@pytest.fixture
def uma(bea: Membership) -> PersonaSubject:
    return of_persona(bea, persona(bea, "Uma"))


def settle(
    thread: CommentThread, by: Membership, uma: PersonaSubject, *, is_resolved: bool
) -> None:
    deed = services.resolve_thread if is_resolved else services.reopen_thread
    with tenant_bound(by.tenant_id):
        deed(thread=thread, by=by, audience=Audience.of(uma), now=LATER)


def test_who_takes_part_is_told_and_never_of_themselves(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    thread = begun(bea, uma)
    said(ana, uma, thread)
    said(bea, uma, thread)

    assert (told(bea), told(ana)) == ([("reply", True)], [("reply", False)])


def test_who_is_named_is_told_and_follows(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    thread = begun(bea, uma, "Is this so, @ana alves?")
    said(bea, uma, thread)

    assert told(ana) == [("mention", False), ("reply", False)]


def test_the_muted_hear_nothing_until_they_follow_again(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    thread = begun(ana, uma)
    for is_muted, body in ((True, "@Ana Alves, hello?"), (False, "Hello again")):
        with tenant_bound(ana.tenant_id):
            services.follow_thread(thread=thread, by=ana, is_muted=is_muted)
        said(bea, uma, thread, body)

    assert told(ana) == [("reply", False)]


def test_writing_again_does_not_undo_muting(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    thread = begun(ana, uma)
    with tenant_bound(ana.tenant_id):
        services.follow_thread(thread=thread, by=ana, is_muted=True)
    said(ana, uma, thread)
    said(bea, uma, thread)

    assert told(ana) == []


def test_resolving_and_reopening_are_told_once(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    thread = begun(bea, uma)
    for is_resolved in (True, True, False, False):
        settle(thread, ana, uma, is_resolved=is_resolved)

    assert told(bea) == [("resolved", False), ("reopened", False)]
    assert thread.resolved_at is None


def test_a_member_who_cannot_see_the_page_cannot_be_named(
    bea: Membership, uma: PersonaSubject
) -> None:
    named(make.member(of=bea.tenant, role=Role.GUEST), "Gil Gast")

    with pytest.raises(OutOfSightError, match=r"^Gil Gast does not see this page"):
        begun(bea, uma, "@Gil Gast?")


def test_who_has_left_is_nobody(bea: Membership, ana: Membership, uma: PersonaSubject) -> None:
    with tenant_bound(ana.tenant_id):
        Membership.objects.for_tenant(ana.tenant).filter(pk=ana.pk).update(is_active=False)
    begun(bea, uma, "@Ana Alves?")

    assert told(ana) == []


def test_a_follower_who_may_not_see_the_page_any_more_is_not_told(
    bea: Membership, ana: Membership
) -> None:
    drawn = mapping.map_of(bea)
    thread = begun(ana, of_map(drawn))
    with tenant_bound(bea.tenant_id):
        StakeholderMap.objects.for_tenant(bea.tenant).update(visibility="hidden", owner=bea)
        hidden = StakeholderMap.objects.for_tenant(bea.tenant).select_related("tenant").get()
    said(bea, of_map(hidden), thread)

    assert told(ana) == []


def test_a_change_tells_only_who_is_named_anew(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    cem = named(make.member(of=bea.tenant), "Cem Can")
    thread = begun(bea, uma, "@Ana Alves?")
    [comment] = comments_of(thread)
    with tenant_bound(bea.tenant_id):
        services.edit_comment(
            comment=comment,
            body="@Ana Alves @Cem Can?",
            by=bea,
            audience=Audience.of(uma),
            now=LATER,
        )

    assert (told(ana), told(cem)) == ([("mention", False)], [("mention", False)])
    [kept] = comments_of(thread)
    assert (kept.body, kept.edited_at) == ("@Ana Alves @Cem Can?", LATER)


def test_a_deleted_comment_keeps_its_place_and_is_not_written_again(
    bea: Membership, uma: PersonaSubject
) -> None:
    thread = begun(bea, uma)
    [comment] = comments_of(thread)
    with tenant_bound(bea.tenant_id):
        services.delete_comment(comment=comment, by=bea, now=LATER)
        with pytest.raises(DeletedCommentError):
            services.edit_comment(
                comment=comment, body="Back", by=bea, audience=Audience.of(uma), now=LATER
            )

    assert [(one.body, one.deleted_at) for one in comments_of(thread)] == [("", LATER)]


def test_others_and_keys_change_nobodys_words(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    thread = begun(bea, uma, "Mine")
    [comment] = comments_of(thread)
    key, _ = make.api_key(of=bea.tenant)

    with tenant_bound(bea.tenant_id):
        for by in (ana, key):
            with pytest.raises(NotYoursError):
                services.delete_comment(comment=comment, by=by, now=LATER)

    assert [one.body for one in comments_of(thread)] == ["Mine"]


def test_a_part_that_is_not_there_is_refused(bea: Membership, uma: PersonaSubject) -> None:
    with pytest.raises(PartGoneError, match="This section is not on the page any more"):
        begun(bea, uma, part=new_id())


def test_notices_are_read_one_by_one_and_all_at_once(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    for _ in range(3):
        begun(bea, uma, "@Ana Alves?")
    with tenant_bound(ana.tenant_id):
        first = Notice.objects.for_tenant(ana.tenant).order_by("pk").first()
        assert first
        notices.read_notice(notice=first, now=LATER)
        assert unread_count(ana) == 2
        assert notices.read_notices(tenant=ana.tenant, member=ana, now=LATER) == 2
        assert (unread_count(ana), unread_count(bea)) == (0, 0)


@pytest.mark.slow
def test_the_unread_are_counted_by_their_own_index(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    begun(bea, uma, "@Ana Alves?")
    with tenant_bound(ana.tenant_id):
        told = Notice.objects.for_tenant(ana.tenant).get()
        read = Notice(tenant=ana.tenant, member=ana, kind=told.kind, thread_id=told.thread_id)
        read.created_at = read.read_at = make.NOW
        Notice.objects.bulk_create(_copies(read, 3_000))
    with tenant_bound(ana.tenant_id):
        plan = Notice.objects.for_tenant(ana.tenant_id).filter(member=ana, read_at=None).explain()
        assert unread_count(ana) == 1
    assert "collaboration_notice_unread" in plan


def _copies(of: Notice, count: int) -> list[Notice]:
    names = [field.attname for field in Notice._meta.concrete_fields if field.attname != "id"]
    return [Notice(**{name: getattr(of, name) for name in names}) for _ in range(count)]


# Mail


def test_a_mention_is_mailed_with_a_link_and_without_the_words(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    begun(bea, uma, "@Ana Alves, a secret")
    with tenant_bound(ana.tenant_id):
        notice = Notice.objects.for_tenant(ana.tenant).get()
    drain(ana.tenant_id)

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (
        [ana.user.email],
        "Bea Berg mentioned you in a comment on “Uma”",
    )
    assert f"{SITE}/t/{ana.tenant.slug}/notices/{notice.pk}/" in sent.body
    assert "secret" not in str(sent.message())


def _wants_no_mail(ana: Membership) -> None:
    notices.set_mails(member=ana, mails=Mails.NEVER)


def _has_read(ana: Membership) -> None:
    notices.read_notices(tenant=ana.tenant, member=ana, now=LATER)


def _has_left(ana: Membership) -> None:
    ana.is_active = False
    ana.save(update_fields=["is_active"])


def _is_a_guest_now(ana: Membership) -> None:
    ana.role = Role.GUEST
    ana.save(update_fields=["role"])


@pytest.mark.parametrize("meanwhile", [_wants_no_mail, _has_read, _has_left, _is_a_guest_now])
def test_no_mail_goes_to_who_does_not_want_or_need_it_any_more(
    bea: Membership, ana: Membership, uma: PersonaSubject, meanwhile: object
) -> None:
    begun(bea, uma, "@Ana Alves?")
    assert callable(meanwhile)
    with tenant_bound(ana.tenant_id):
        meanwhile(ana)

    drain(ana.tenant_id)

    assert mail.outbox == []


def test_who_wants_no_mail_still_has_the_notice(
    bea: Membership, ana: Membership, uma: PersonaSubject
) -> None:
    with tenant_bound(ana.tenant_id):
        _wants_no_mail(ana)
    begun(bea, uma, "@Ana Alves?")
    drain(ana.tenant_id)

    assert (mail.outbox, told(ana)) == ([], [("mention", False)])
