"""From an answer to an insight: a new one at once, or one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.customers.models import Customer
from cxm.customers.services.erasing import start_erasing
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.feedback.test_evidence import KEPT, NOBODY, Answer, kept
from tests.journeys import shelving

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def bea() -> Membership:
    return make.member()


def posted(answer: Answer, **sent: Any) -> Any:
    slug = answer.by.tenant.slug
    address = reverse("feedback:response-insight", args=[slug, answer.pk])
    return answer.client.post(address, sent)


def test_one_click_makes_an_insight_of_an_answer_without_names(bea: Membership) -> None:
    answer = Answer(bea)

    told = posted(answer)

    [made] = shelving.all_of(bea, "insight")
    [evidence] = kept(bea)
    assert told.headers["Location"] == f"/t/{bea.tenant.slug}/insights/{made.pk}/"
    assert (made.title, made.kind, evidence.excerpt) == (KEPT, "observation", KEPT)
    assert shelving.cited(bea, made) == [evidence.pk]


def test_long_words_are_cut_for_the_title(bea: Membership) -> None:
    posted(Answer(bea, "nobody came again " * 20))

    [made] = shelving.all_of(bea, "insight")
    assert len(made.title) <= 120
    assert made.title.endswith("…")


def test_an_answer_speaks_against_an_insight_that_is_there(bea: Membership) -> None:
    item, answer = shelving.made(bea), Answer(bea)

    posted(answer, insight=str(item.pk), polarity="contradicts", question="why")
    posted(answer, insight=str(item.pk), polarity="contradicts", question="why")

    [evidence] = kept(bea)
    assert evidence.polarity == "contradicts"
    assert shelving.cited(bea, item) == [evidence.pk]
    assert len(shelving.all_of(bea, "insight")) == 1


@pytest.mark.parametrize(
    "sent", [{"polarity": "contradicts"}, {"insight": NOBODY}, {"question": "rubbish"}]
)
def test_what_does_not_fit_is_refused(bea: Membership, sent: dict[str, str]) -> None:
    answer = posted(Answer(bea), **sent)

    assert answer.status_code == 422
    assert shelving.all_of(bea, "insight") == []
    assert kept(bea) == []


def test_an_answer_without_words_makes_nothing(bea: Membership) -> None:
    told = posted(Answer(bea, ""))

    assert told.status_code == 422
    assert "needs words" in told.content.decode()
    assert shelving.all_of(bea, "insight") == []


def test_others_insights_and_viewers_get_nothing(bea: Membership) -> None:
    theirs, answer = shelving.made(make.member()), Answer(bea)
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)

    assert posted(answer, insight=str(theirs.pk)).status_code == 422
    answer.client.force_login(viewer.user)
    assert posted(answer).status_code == 404
    assert shelving.all_of(bea, "insight") == []


def test_an_erased_customer_leaves_the_insight_without_the_quote(bea: Membership) -> None:
    posted(Answer(bea))
    with tenant_bound(bea.tenant_id):
        customer = Customer.objects.for_tenant(bea.tenant).get()
        start_erasing(customer=customer, by=bea, now=make.NOW)
    drain(bea.tenant_id)

    [made] = shelving.all_of(bea, "insight")
    [evidence] = kept(bea)
    assert evidence.excerpt == ""
    assert shelving.cited(bea, made) == [evidence.pk]
