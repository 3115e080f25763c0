"""A person with several tabs open is shown a survey once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cxm.customers.models import Customer
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.errors import ShownAlreadyError
from feedback.models import EmbedShow, SurveyPass
from feedback.selectors.door_counts import door_counts
from feedback.services.embedding import may_be_shown, note_shown
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.elsewhere import embedded
from tests.feedback.outreach import delivered
from tests.make import NOW

pytestmark = pytest.mark.django_db


def test_two_tabs_at_once_are_one_showing() -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    month_later = NOW + timedelta(days=31)
    with tenant_bound(member.tenant_id):
        survey = embedded(asked_survey(member), by=member)
        delivered(member.tenant, "ana@example.com")
        ana = Customer.objects.for_tenant(member.tenant).get()

        asked = [may_be_shown(survey, ana, now=NOW) for _ in ("one tab", "another")]
        note_shown(survey=survey, customer=ana, language="en", now=NOW)
        with pytest.raises(ShownAlreadyError):
            note_shown(survey=survey, customer=ana, language="en", now=NOW)
        passes = SurveyPass.objects.for_tenant(member.tenant).count()
        again = note_shown(survey=survey, customer=ana, language="en", now=month_later)

        assert (asked, passes) == ([True, True], 1)
        assert again
        assert EmbedShow.objects.for_tenant(member.tenant).get().shown_at == month_later
        assert door_counts(survey).shown == 2
