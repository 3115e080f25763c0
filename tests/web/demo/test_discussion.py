"""What the people of the demo say to each other, about what is there."""

from __future__ import annotations

import pytest

from cxm.collaboration.models import Comment, CommentThread
from cxm.collaboration.selectors.notices import unread_count
from cxm.collaboration.selectors.talk import Wanted, talk_about
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership, Tenant
from cxm.tenants.rules import Role
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.brightline_talks import TALKS
from cxm.web.demo.discussion import discuss
from cxm.web.demo.members import add_people
from cxm.web.demo.personas import describe_personas
from cxm.web.demo.stakeholders import draw_maps
from cxm.work.models import Outbox
from personas.models import Persona
from personas.selectors.subjects import PersonaSubject
from tests import make


@pytest.fixture
def tenant(db: None) -> Tenant:
    """Give the demo's tenant with its people, personas and maps, and the talks about them."""
    made = make.tenant()
    plan = BRIGHTLINE.timeline
    assert plan is not None
    for segment in plan.segments:
        make.segment(of=made, key=segment.key, title=segment.title)
    with tenant_bound(made.pk):
        add_people(made, BRIGHTLINE)
        describe_personas(made, plan.personas, now=make.NOW)
        draw_maps(made, plan.maps, now=make.NOW)
        discuss(made, plan.talks, now=make.NOW)
    return made


def test_every_thread_and_line_is_there_and_one_is_resolved(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk):
        threads = CommentThread.objects.for_tenant(tenant)
        said = Comment.objects.for_tenant(tenant).order_by("created_at")
        moments = list(said.values_list("created_at", flat=True))
        assert threads.count() == len(TALKS)
        assert threads.exclude(resolved_at=None).count() == 1

    assert len(moments) == sum(len(plan.lines) for plan in TALKS)
    assert max(moments) < make.NOW


def test_the_manager_has_two_notices_to_read_and_no_mail_is_sent(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk):
        people = Membership.objects.for_tenant(tenant)
        manager = people.get(user__email=DEMO_SIGN_INS["manager"])
        assert manager.role == Role.MANAGER
        assert unread_count(manager) == 2
        assert not Outbox.objects.for_tenant(tenant).filter(task="collaboration.mail").exists()


def test_a_persona_shows_what_is_said_about_its_section(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk):
        rows = Persona.objects.for_tenant(tenant).select_related("tenant")
        subject = PersonaSubject(rows.get(name="Sandra and Jonas"))
        reader = Membership.objects.for_tenant(tenant).select_related("user").first()
        assert reader
        talk = talk_about(subject, Wanted(), reader)

    assert [one.part.title for one in talk.threads if one.part] == ["Pains"]
