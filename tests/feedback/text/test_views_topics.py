"""Pages of topics: the list, the editor with its bench, labelling, and the filter of responses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.tenants.sending import SENT_AS
from cxm.work.engine import drain
from feedback.models import Topic, TopicHit
from tests import make
from tests.feedback.response_pages import HTMX, html, list_url, rows_in, signed_in, title
from tests.feedback.text import topics

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
LATE, NICE = "The parcel came much too late and was broken", "The staff was friendly and helpful"
QUERIES = 16


def _url(name: str, tenant: Tenant, *args: object) -> str:
    return reverse(f"feedback:{name}", args=[tenant.slug, *args])


def _words(response: Any) -> str:
    return " ".join(html(response).split())


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    member = signed_in(client)
    for number in range(count):
        topics.topic(member, f"Topic {number}", "staff")
    topics.wrote(member.tenant, NICE)
    client.get(_url("topic-list", member.tenant), headers=HTMX)

    with django_assert_num_queries(QUERIES):
        response = client.get(_url("topic-list", member.tenant), headers=HTMX)

    assert html(response).count('<tr id="topic-') == count


def test_the_list_says_how_many_texts_are_about_a_topic_and_how_many_about_none(
    client: Client,
) -> None:
    member = signed_in(client)
    top = topics.topic(member, "Delivery", "parcel")
    topics.topic(member, "Late", "late", parent=top)
    topics.wrote(member.tenant, LATE, NICE, "It was late", "Nothing special about this one")

    page = _words(client.get(_url("topic-list", member.tenant)))

    assert "4 texts" in page
    assert "50.0 % without any topic" in page
    # Two texts: its own, and that of the topic under it, each counted once.
    assert page.index("Delivery") < page.index("Late")
    assert page.count("50.0 %</td>") == 2


def test_scores_stand_beside_a_topic_from_thirty_answers_on(client: Client) -> None:
    member = signed_in(client)
    topics.topic(member, "Staff", "staff")
    make.load(*(make.record(9, comment=f"staff {n}") for n in range(29)), of=member.tenant)
    drain(member.tenant_id)
    few = _words(client.get(_url("topic-list", member.tenant)))

    topics.wrote(member.tenant, "staff 30", score=0)
    enough = _words(client.get(_url("topic-list", member.tenant)))

    assert "Too few scores" in few
    assert "Too few scores" not in enough
    # 29 promoters and one detractor of 30: 93.33.
    assert re.search(r">\+?93<.*30 answers", enough)
    behind = client.get(list_url(member.tenant, "metric=nps&topic=staff"))
    assert title(html(behind)) == "30 answers"


def test_topics_to_begin_with_come_with_one_click(client: Client) -> None:
    member = signed_in(client)

    client.post(_url("topic-starters", member.tenant))
    response = client.post(_url("topic-starters", member.tenant), follow=True)

    assert html(response).count('<tr id="topic-') == 7


def test_a_topic_is_made_changed_and_put_back(client: Client) -> None:
    member = signed_in(client)
    topics.wrote(member.tenant, LATE, NICE)
    given = {"title": "Staff", "en": "staff", "description": "People", "note": "First"}

    made = client.post(_url("topic-new", member.tenant), given)
    with tenant_bound(member.tenant_id):
        topic = Topic.objects.for_tenant(member.tenant).get()
    changed = client.post(made.headers["Location"], {**given, "en": "parcel"})
    back = client.post(_url("topic-back", member.tenant, topic.pk, 1))
    drain(member.tenant_id)

    assert (made.status_code, changed.status_code, back.status_code) == (302, 302, 302)
    page = _words(client.get(_url("topic-edit", member.tenant, topic.pk)))
    assert "As in version 1" in page
    assert topics.hits(member.tenant) == {("Staff", NICE, "rule", True)}


def test_a_form_sent_twice_makes_one_topic(client: Client) -> None:
    member = signed_in(client)
    given = {"title": "Staff", "en": "staff", SENT_AS: "a"}

    first = client.post(_url("topic-new", member.tenant), given)
    again = client.post(_url("topic-new", member.tenant), given)

    assert again["Location"] == first["Location"]
    with tenant_bound(member.tenant_id):
        assert Topic.objects.for_tenant(member.tenant).count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"title": "", "en": "staff"}, "This field is required"),
        ({"title": "Staff"}, "Write a rule in at least one language"),
        ({"title": "Staff", "de": "frech and laut"}, "Write AND in capitals"),
        ({"title": "x" * 81, "en": "staff"}, "at most 80 characters"),
        ({"title": "Staff", "en": "a" * 4_001}, "at most 4000 characters"),
    ],
)
def test_a_wrong_topic_is_refused_and_nothing_typed_is_lost(
    client: Client, given: dict[str, str], words: str
) -> None:
    member = signed_in(client)

    response = client.post(_url("topic-new", member.tenant), {**given, "description": "Mine"})

    assert response.status_code == 422
    assert words in html(response)
    assert "Mine" in html(response)


def test_the_bench_shows_hits_misses_and_what_changes(client: Client) -> None:
    member = signed_in(client)
    topic = topics.topic(member, "Staff", "staff")
    topics.wrote(member.tenant, LATE, NICE, "Other words")

    url = _url("topic-try", member.tenant, topic.pk)
    page = _words(client.post(url, {"any": "parcel"}, headers=HTMX))

    counts = ("Found now, not by the version in force", "No longer found", "Found")
    for words, count in zip((*counts, "Not found"), (1, 1, 1, 2), strict=True):
        assert f"<dt>{words}</dt><dd>{count}</dd>" in page
    assert "The <mark>parcel</mark> came" in page
    assert topics.hits(member.tenant) == {("Staff", NICE, "rule", True)}


def test_the_bench_says_what_cannot_be_read(client: Client) -> None:
    member = signed_in(client)

    response = client.post(_url("topic-try-new", member.tenant), {"en": "(late"}, headers=HTMX)

    assert response.status_code == 422
    assert "This parenthesis is not closed" in html(response)


def test_the_bench_works_without_script(client: Client) -> None:
    member = signed_in(client)
    topics.wrote(member.tenant, NICE)

    response = client.post(_url("topic-try-new", member.tenant), {"title": "My", "en": "staff"})

    assert "<mark>staff</mark>" in html(response)
    assert 'value="My"' in html(response)


def test_the_bench_hides_names_from_those_who_may_not_see_persons(client: Client) -> None:
    member = signed_in(client, Role.ANALYST)
    make.load(
        make.record(9, comment="The staff knows Zebulon-77 well", customer="Zebulon-77"),
        of=member.tenant,
    )

    page = html(client.post(_url("topic-try-new", member.tenant), {"en": "staff"}, headers=HTMX))

    assert "Zebulon" not in page
    assert "knows" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("topic=staff", 1),
        ("topic=staff&topic=delivery", 2),
        ("topic=none", 1),
        ("sentiment=negative", 1),
        ("sentiment=positive", 1),
        ("language=en", 3),
        ("language=de", 0),
        ("at_odds=1", 1),
        ("metric=nps&at_odds=1", 1),
        ("metric=nps&topic=delivery", 1),
        ("topic=delivery&sentiment=positive", 0),
    ],
)
def test_responses_are_filtered_by_their_texts(client: Client, query: str, expected: int) -> None:
    member = signed_in(client)
    topics.topic(member, "Staff", "staff")
    topics.topic(member, "Delivery", "parcel")
    topics.wrote(member.tenant, LATE, NICE, "It is what it is and there it was", score=9)

    page = html(client.get(list_url(member.tenant, query)))

    noun = "answer" if "metric" in query else "response"
    assert title(page) == f"{expected} {noun}{'' if expected == 1 else 's'}"
    assert rows_in(page) == expected


def test_filters_that_mean_nothing_are_said(client: Client) -> None:
    member = signed_in(client)

    page = html(client.get(list_url(member.tenant, "topic=nobody&sentiment=odd&language=xx")))

    assert page.count("it was left out") == 3


def test_the_response_shows_what_was_read_and_lets_people_correct_it(client: Client) -> None:
    member = signed_in(client)
    topics.topic(member, "Staff", "staff")
    late = topics.topic(member, "Delivery", "nothing")
    [text] = topics.wrote(member.tenant, NICE)
    panel = reverse("feedback:response-panel", args=[member.tenant.slug, text.response_id])

    before = _words(client.get(panel))
    client.post(_url("text-topic", member.tenant, text.pk), {"topic": str(late.pk), "says": "yes"})
    after = _words(client.get(panel))

    assert '<span class="topic-mark" title="Staff">staff</span>' in before
    assert '<span class=" tone-good">friendly</span>' in before
    assert "Sounds positive" in before
    assert "said by a person" not in before
    assert "said by a person" in after


def test_wrong_corrections_are_refused_in_words(client: Client) -> None:
    member = signed_in(client)
    staff = topics.topic(member, "Staff", "staff")
    [text] = topics.wrote(member.tenant, NICE)
    url = _url("text-topic", member.tenant, text.pk)
    given = {"topic": str(staff.pk), "says": "yes", "excerpt": "not in it"}

    refused = [
        client.post(url, given),
        client.post(url, {**given, "topic": str(text.pk)}),
        client.post(_url("text-language", member.tenant, text.pk), {"language": "klingon"}),
    ]

    assert [answer.status_code for answer in refused] == [422, 422, 422]
    assert "These words are not in the text" in html(refused[0])


@pytest.mark.slow
def test_thirty_labels_measure_a_rule(client: Client) -> None:
    member = signed_in(client)
    topic = topics.topic(member, "Staff", "staff")
    topics.wrote(member.tenant, *(f"staff {n}" for n in range(16)), *(f"so {n}" for n in range(16)))
    url = _url("topic-label", member.tenant, topic.pk)

    assert "Not measured yet" in _words(client.get(url))
    for _ in range(30):
        found = client.get(url)
        given = {name: str(found.context[name]) for name in ("is_hit",)}
        is_hit = given["is_hit"] == "True"
        client.post(
            url,
            {
                "text": str(found.context["text"].pk),
                "rule": str(topic.rule_id),
                "drawn": "hit" if is_hit else "other",
                "says": "yes" if "staff" in found.context["shown"] else "no",
            },
        )

    page = _words(client.get(url))
    assert "100 % of hits are right" in page
    assert "15 labels" in page
    with tenant_bound(member.tenant_id):
        sampled = TopicHit.objects.for_tenant(member.tenant).filter(sample_rule=topic.rule_id)
        counts = [sampled.filter(sample_hit=is_hit).count() for is_hit in (True, False)]
    assert counts == [15, 15]


def test_the_same_label_sent_twice_is_one(client: Client) -> None:
    member = signed_in(client)
    topic = topics.topic(member, "Staff", "staff")
    [text] = topics.wrote(member.tenant, NICE)
    given = {"text": str(text.pk), "rule": str(topic.rule_id), "drawn": "hit", "says": "yes"}

    for _ in range(2):
        client.post(_url("topic-label", member.tenant, topic.pk), given)

    assert topics.hits(member.tenant) == {("Staff", NICE, "human", True)}


def test_a_viewer_reads_topics_and_changes_none(client: Client) -> None:
    member = signed_in(client, Role.VIEWER)
    topic = topics.topic(member, "Staff", "staff")
    [text] = topics.wrote(member.tenant, NICE)
    tenant = member.tenant

    statuses = [
        client.get(_url("topic-list", tenant)).status_code,
        client.post(_url("topic-starters", tenant)).status_code,
        client.post(_url("topic-edit", tenant, topic.pk), {"title": "Mine"}).status_code,
        client.post(_url("topic-archive", tenant, topic.pk)).status_code,
        client.post(_url("text-topic", tenant, text.pk)).status_code,
    ]

    assert statuses == [200, 404, 404, 404, 404]


def test_an_archived_topic_stands_on_no_list_and_can_come_back(client: Client) -> None:
    member = signed_in(client)
    topic = topics.topic(member, "Staff", "staff")

    client.post(_url("topic-archive", member.tenant, topic.pk))
    gone = html(client.get(_url("topic-list", member.tenant)))
    archived = html(client.get(_url("topic-list", member.tenant) + "?archived=1"))
    client.post(_url("topic-restore", member.tenant, topic.pk))
    back = html(client.get(_url("topic-list", member.tenant)))

    found = [f"topic-{topic.pk}" in page for page in (gone, archived, back)]
    assert found == [False, True, True]


def test_a_topic_with_others_under_it_stands_under_none(client: Client) -> None:
    member = signed_in(client)
    top, other = topics.topic(member, "Delivery", "parcel"), topics.topic(member, "Staff", "staff")
    topics.topic(member, "Late", "late", parent=top)

    given = {"title": "Delivery", "any": "parcel", "parent": str(other.pk)}
    response = client.post(_url("topic-edit", member.tenant, top.pk), given)

    assert response.status_code == 422
    assert "cannot stand under another" in html(response)
