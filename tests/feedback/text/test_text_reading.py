"""Texts are redacted, then read in the background; rules apply to the past; people win."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from analytics.services.schedules import VERIFY
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain, tick
from cxm.work.models import Job, Schedule
from cxm.work.services import later
from feedback.models import Topic, TopicHit, TopicRule, Verbatim
from feedback.rules.text.reading import ENGINE_VERSION
from feedback.services import text_reading
from feedback.services.text_corrections import CorrectionError, say_language, say_topic
from feedback.services.topics import (
    TopicError,
    archive_topic,
    make_starter_topics,
    make_topic,
    put_rule_back,
)
from tests import make
from tests.feedback.text import topics

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
LATE, NICE = "The parcel came much too late and was broken", "The staff was friendly and helpful"


def test_what_tells_who_wrote_is_never_stored() -> None:
    member = make.member()

    topics.wrote(member.tenant, "Write to anna@example.com or call +49 171 1234567, thanks")

    [text] = topics.all_texts(member.tenant)
    assert text.text == "Write to [email] or call [phone], thanks"


def test_texts_stored_before_are_redacted_when_they_are_read() -> None:
    member = make.member()
    topics.wrote(member.tenant, "Nothing to hide in these plain words")
    with tenant_bound(member.tenant_id):
        rows = Verbatim.objects.for_tenant(member.tenant)
        rows.update(text="Mail anna@example.com about these words", engine_version=0)
        text_reading.read_stretch(tenant_id=member.tenant_id, now=make.NOW)

    [text] = topics.all_texts(member.tenant)
    assert text.text == "Mail [email] about these words"


def test_what_no_promise_is_about_is_read_by_the_clock_in_older_workspaces_too() -> None:
    member = make.member()
    topics.wrote(member.tenant, NICE)
    with tenant_bound(member.tenant_id):
        Verbatim.objects.for_tenant(member.tenant).update(engine_version=0)
        Schedule.objects.for_tenant(member.tenant).exclude(task=VERIFY).delete()
        later(VERIFY, tenant=member.tenant, now=make.NOW)
    drain(member.tenant_id)

    tick(now())
    drain(member.tenant_id)

    [text] = topics.all_texts(member.tenant)
    assert text.engine_version == ENGINE_VERSION


def test_a_new_text_gets_language_sentiment_and_topics() -> None:
    member = make.member()
    topics.topic(member, "Delivery", "parcel*")

    topics.wrote(member.tenant, LATE)

    [text] = topics.all_texts(member.tenant)
    assert (text.language, text.language_by) == ("en", "found")
    assert text.language_confidence is not None
    assert text.language_confidence > 0.9
    assert (text.sentiment_label, text.engine_version) == ("negative", ENGINE_VERSION)
    assert topics.hits(member.tenant) == {("Delivery", LATE, "rule", True)}
    with tenant_bound(member.tenant_id):
        hit = TopicHit.objects.for_tenant(member.tenant).get()
        assert hit.spans == [[4, 10]]
        assert hit.polarity is not None
        assert hit.polarity < 0


def test_many_texts_are_read_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_reading, "STRETCH", 2)
    member = make.member()

    topics.wrote(member.tenant, "one", "two", "three", "four", "five")

    assert {text.engine_version for text in topics.all_texts(member.tenant)} == {ENGINE_VERSION}


def test_a_rule_made_later_finds_what_it_had_found_from_the_start() -> None:
    early, late = make.member(), make.member()
    topics.topic(early, "Delivery", "parcel* OR late")
    topics.wrote(early.tenant, LATE, NICE)
    topics.wrote(late.tenant, LATE, NICE)

    topics.topic(late, "Delivery", "parcel* OR late")
    drain(late.tenant_id)

    assert topics.hits(late.tenant) == topics.hits(early.tenant) != set()


def test_a_changed_rule_is_applied_to_all_and_can_be_put_back() -> None:
    member = make.member()
    made = topics.topic(member, "Staff", "staff")
    topics.wrote(member.tenant, LATE, NICE)
    before = topics.hits(member.tenant)

    topics.change(member, made, "parcel")
    drain(member.tenant_id)
    changed = topics.hits(member.tenant)
    with tenant_bound(member.tenant_id):
        found = Topic.objects.for_tenant(member.tenant).select_related("rule", "tenant").get()
        put_rule_back(topic=found, number=1, by=member, now=make.NOW)
        numbers = list(TopicRule.objects.for_tenant(member.tenant).values_list("number", flat=True))
    drain(member.tenant_id)

    assert changed == {("Staff", LATE, "rule", True)}
    assert topics.hits(member.tenant) == before == {("Staff", NICE, "rule", True)}
    assert sorted(numbers) == [1, 2, 3]


def test_a_rule_is_applied_as_a_job_with_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.services.topics.TEXTS_A_STEP", 2)
    member = make.member()
    topics.wrote(member.tenant, "one", "two", "three", "four", "five")

    topics.topic(member, "Numbers", "two, five")
    drain(member.tenant_id)

    with tenant_bound(member.tenant_id):
        job = Job.objects.for_tenant(member.tenant).get(kind="feedback.apply_topic")
        assert (job.state, job.done, job.total) == (Job.State.DONE, 5, 5)
    assert len(topics.hits(member.tenant)) == 2


def test_a_job_of_a_former_version_leaves_the_new_one_alone() -> None:
    member = make.member()
    made = topics.topic(member, "Staff", "staff")
    topics.change(member, made, "parcel")

    topics.wrote(member.tenant, LATE, NICE)

    assert topics.hits(member.tenant) == {("Staff", LATE, "rule", True)}


def test_a_rule_cannot_change_while_a_stretch_is_read_by_it() -> None:
    member = make.member()
    made = topics.topic(member, "Staff", "staff")
    topics.change(member, made, "parcel")

    with CaptureQueriesContext(connection) as queries:
        drain(member.tenant_id)

    taken = [one["sql"] for one in queries if one["sql"].endswith("FOR NO KEY UPDATE")]
    assert [sql for sql in taken if f'"feedback_topic"."id" = \'{made.pk.hex}\'' in sql]


def _say(
    member: Membership, words: str, made: Topic, *, is_about: bool, excerpt: str = ""
) -> TopicHit:
    text = topics.text_called(member.tenant, words)
    with tenant_bound(member.tenant_id):
        return say_topic(
            text=text, topic=made, is_about=is_about, by=member, now=make.NOW, excerpt=excerpt
        )


def test_what_people_say_outlives_every_rule() -> None:
    member = make.member()
    made = topics.topic(member, "Staff", "staff")
    topics.wrote(member.tenant, LATE, NICE)
    _say(member, LATE, made, is_about=True)
    _say(member, NICE, made, is_about=False)
    said = {("Staff", LATE, "human", True), ("Staff", NICE, "human", False)}

    for rule in ("parcel", "staff", "nothing"):
        topics.change(member, made, rule)
        drain(member.tenant_id)
        with tenant_bound(member.tenant_id):
            Verbatim.objects.for_tenant(member.tenant).update(engine_version=0)
            text_reading.read_stretch(tenant_id=member.tenant_id, now=make.NOW)

        assert topics.hits(member.tenant) == said


def test_words_that_say_so_take_the_place_of_what_was_marked() -> None:
    member = make.member()
    made = topics.topic(member, "Staff", "staff")
    topics.wrote(member.tenant, NICE)

    hit = _say(member, NICE, made, is_about=True, excerpt="friendly and helpful")

    assert [NICE[start:end] for start, end in hit.spans] == ["friendly and helpful"]
    with pytest.raises(CorrectionError):
        _say(member, NICE, made, is_about=True, excerpt="not in it")


def test_a_language_that_a_person_says_stays() -> None:
    member = make.member()
    topics.wrote(member.tenant, NICE)
    with tenant_bound(member.tenant_id):
        text = Verbatim.objects.for_tenant(member.tenant).select_related("response__tenant").get()
        say_language(text=text, language="it", by=member, now=make.NOW)
        Verbatim.objects.for_tenant(member.tenant).update(engine_version=0)
        text_reading.read_stretch(tenant_id=member.tenant_id, now=make.NOW)

    [text] = topics.all_texts(member.tenant)
    assert (text.language, text.language_by) == ("it", "person")
    assert (text.sentiment, text.sentiment_label) == (None, "")


def test_a_text_takes_its_hits_with_it() -> None:
    member = make.member()
    topics.topic(member, "Staff", "staff")
    topics.wrote(member.tenant, NICE)

    with tenant_bound(member.tenant_id):
        Verbatim.objects.for_tenant(member.tenant).delete()

    assert topics.hits(member.tenant) == set()


@pytest.mark.parametrize(
    ("expressions", "field"),
    [({}, "any"), ({"en": " "}, "any"), ({"en": "late and"}, "en"), ({"de": "(a"}, "de")],
)
def test_a_rule_that_cannot_be_read_makes_no_topic(expressions: dict[str, str], field: str) -> None:
    member = make.member()

    with tenant_bound(member.tenant_id), pytest.raises(TopicError) as refused:
        make_topic(
            tenant=member.tenant, by=member, now=make.NOW, title="A", expressions=expressions
        )

    assert refused.value.field == field
    with tenant_bound(member.tenant_id):
        assert not Topic.objects.for_tenant(member.tenant).exists()


def test_topics_stand_two_deep_at_most() -> None:
    member = make.member()
    top = topics.topic(member, "Delivery", "parcel")
    below = topics.topic(member, "Late", "late", parent=top)

    with pytest.raises(TopicError):
        topics.topic(member, "Very late", "late", parent=below)


def test_topics_to_begin_with_are_made_once() -> None:
    member = make.member()

    with tenant_bound(member.tenant_id):
        first = make_starter_topics(tenant=member.tenant, by=member, now=make.NOW)
        second = make_starter_topics(tenant=member.tenant, by=member, now=make.NOW)

    assert (len(first), second) == (7, [])


def test_an_archived_topic_finds_nothing_new_until_it_is_back() -> None:
    member = make.member()
    made = topics.topic(member, "Staff", "staff")
    with tenant_bound(member.tenant_id):
        found = Topic.objects.for_tenant(member.tenant).select_related("rule", "tenant")
        topic = found.get(pk=made.pk)
        archive_topic(topic=topic, is_archived=True, by=member, now=make.NOW)
    topics.wrote(member.tenant, NICE)
    while_archived = topics.hits(member.tenant)

    with tenant_bound(member.tenant_id):
        archive_topic(topic=found.get(pk=made.pk), is_archived=False, by=member, now=make.NOW)
    drain(member.tenant_id)

    assert while_archived == set()
    assert topics.hits(member.tenant) == {("Staff", NICE, "rule", True)}


@pytest.mark.parametrize(
    "broken",
    [
        {"origin": "rule", "is_active": False},
        {"origin": "rule", "rule": None},
        {"origin": "human", "sample_hit": True},
    ],
    ids=["rule-says-no", "rule-without-version", "half-a-sample"],
)
def test_the_database_refuses_hits_that_cannot_be(broken: dict[str, object]) -> None:
    member = make.member()
    topics.topic(member, "Staff", "staff")
    topics.wrote(member.tenant, NICE)

    with tenant_bound(member.tenant_id), pytest.raises(IntegrityError), transaction.atomic():
        TopicHit.objects.for_tenant(member.tenant).update(**broken)


def test_spans_are_kept_as_plain_pairs() -> None:
    member = make.member()
    topics.topic(member, "Both", "staff AND friendly")
    topics.wrote(member.tenant, NICE)

    with tenant_bound(member.tenant_id):
        hit = TopicHit.objects.for_tenant(member.tenant).get()

    assert json.dumps(hit.spans) == "[[4, 9], [14, 22]]"
