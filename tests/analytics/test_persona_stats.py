"""Numbers of personas in files: those of their pages, and nothing that is hidden there."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from analytics.selectors.persona_numbers import Size
from analytics.selectors.persona_stats import ARCHIVED, figure_stat, persona_stats
from cxm.customers.models import Segment
from cxm.kernel.ids import new_id
from cxm.kernel.segment_stats import SegmentNumbers, SegmentStatsPort, Stat
from cxm.metrics.figures import UNDER_K, Figure
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.tenants.rules import Right
from personas.models import Persona
from tests import make
from tests.analytics.persona_world import world
from tests.personas import editing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,  # each makes customers with answers, and counts segments of them
    pytest.mark.usefixtures("_at_one_moment"),
]
WORDS = "The engineer never came and nobody rang"


def _numbers(
    tenant: Tenant, segment: Segment, *metrics: str, sees_answers: bool = True
) -> SegmentNumbers:
    with tenant_bound(tenant.pk):
        return persona_stats(
            tenant=tenant,
            segment_id=segment.pk,
            metrics=metrics,
            sees_answers=sees_answers,
            now=make.NOW,
        )


def test_the_numbers_of_a_segment_are_told_in_words() -> None:
    member = make.member()
    made = world(member, ["a"] * 12 + [""] * 8, "a", comment=WORDS)

    told = _numbers(member.tenant, made["a"], "nps")

    size, nps, *_ = told.stats
    assert (size.title, size.value) == ("Customers like this", "12")
    assert size.base.startswith("60.0 % of 20 customers, counted ")
    assert (nps.value, nps.base.partition(",")[0]) == ("100", "12 answers")
    assert told.scores == {"nps": nps}
    assert [(one.title, one.share_words, one.contacts) for one in told.channels] == [
        ("Web", "100 %", "12")
    ]
    assert {one.text for one in told.said} == {WORDS}
    assert told.note == "Group a; scores of the last 13 weeks"


def test_what_is_about_four_people_is_hidden_in_words_too() -> None:
    member = make.member()
    made = world(member, ["a"] * 4 + [""] * 16, "a", comment=WORDS)

    told = _numbers(member.tenant, made["a"], "nps")

    assert {one.value for one in told.stats} <= {"Hidden", "–"}
    assert told.stats[0].value == told.scores["nps"].value == "Hidden"
    assert (told.channels, told.said) == ((), ())
    assert told.channels_note.startswith("Too few people")


def test_who_may_not_read_answers_gets_no_score_and_no_quote() -> None:
    member = make.member()
    made = world(member, ["a"] * 12 + [""] * 8, "a", comment=WORDS)

    told = _numbers(member.tenant, made["a"], "nps", sees_answers=False)

    assert [one.title for one in told.stats] == ["Customers like this"]
    assert (told.scores, told.said) == ({}, ())


def test_an_archived_segment_has_no_numbers() -> None:
    member = make.member()
    made = world(member, ["a"] * 12, "a")
    with tenant_bound(member.tenant_id):
        made["a"].archived_at = make.NOW
        made["a"].save(update_fields=["archived_at"])

    assert _numbers(member.tenant, made["a"]) == SegmentNumbers(
        note=ARCHIVED, channels_note=ARCHIVED
    )


@pytest.mark.parametrize(("people", "value"), [(12, "12"), (4, "Hidden")])
def test_a_persona_as_pdf_shows_what_its_page_shows(people: int, value: str) -> None:
    member = make.member()
    world(member, ["a"] * people + [""] * 14, "a", comment=WORDS)
    with tenant_bound(member.tenant_id):
        of = Persona.objects.for_tenant(member.tenant).get().pk
    editing.section(member, of, "channels", "Channels")
    score = editing.section(member, of, "metric", "Score")
    editing.do(member, of, editing.put(score, "content", {"metric": "nps"}))

    page, pdf = (_asked(member.user, name, member.tenant.slug, of) for name in ("page", "pdf"))

    assert f">{value}<" in page.content.decode()
    text = "\n".join(one.extract_text() for one in PdfReader(BytesIO(pdf.content)).pages)
    lines = [line.strip() for line in text.split("\n")]
    assert value in lines
    assert ("Contacts" in text) is (value == "12")
    assert ("rang" in text) is (value == "12")


def test_a_key_that_may_not_read_answers_gets_a_pdf_without_them() -> None:
    member = make.member()
    world(member, ["a"] * 12 + [""] * 8, "a", comment=WORDS)
    with tenant_bound(member.tenant_id):
        of = Persona.objects.for_tenant(member.tenant).get().pk
    _, text = make.api_key(of=member.tenant, rights=[Right.EXPORT_JOURNEYS])

    headers = {"X-Api-Key": text}
    answer = Client().get(f"/api/v1/personas/{of}/persona.pdf", headers=headers)

    said = "".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages)
    assert "Customers like this" in said
    assert "Net Promoter" not in said
    assert "rang" not in said


@pytest.mark.parametrize(
    ("told", "stat"),
    [
        ({"value": 41.4, "n": 412}, Stat("NPS", "41", "412 answers, between 38 and 45")),
        (
            {"value": 41.4, "n": 9},
            Stat(
                "NPS",
                "41",
                "9 answers, between 38 and 45; too early to say with fewer than 10 answers",
            ),
        ),
        ({"value": None, "n": 0}, Stat("NPS", "–", "no answers")),
        ({"suppressed": UNDER_K, "value": None, "n": 0}, Stat("NPS", "Hidden", UNDER_K)),
        (
            {"value": 66.6, "n": 30, "unit": "%", "decimals": 1},
            Stat("NPS", "66.6%", "30 answers, between 38.0 and 44.5"),
        ),
        (
            {"value": 3.0, "n": 30, "unit": "days"},
            Stat("NPS", "3 days", "30 answers, between 38 and 45"),
        ),
    ],
    ids=["sure", "early", "empty", "hidden", "percent", "word"],
)
def test_a_figure_is_told_with_what_it_stands_on(told: dict[str, Any], stat: Stat) -> None:
    usual: dict[str, Any] = dict.fromkeys(Figure.__dataclass_fields__)
    usual |= {"title": "NPS", "unit": "", "decimals": 0, "ci_low": 38.0, "ci_high": 44.5}

    assert figure_stat(Figure(**{**usual, "method": "wilson", **told})) == stat


def test_where_nobody_counts_nothing_is_said() -> None:
    port = SegmentStatsPort()

    assert port.numbers(
        tenant=None, segment_id=new_id(), metrics=(), sees_answers=True, now=make.NOW
    ) is None  # fmt: skip


def test_only_one_app_may_tell_the_numbers() -> None:
    port = SegmentStatsPort()
    port.register(persona_stats)

    with pytest.raises(ValueError, match="told already"):
        port.register(persona_stats)


def _asked(user: Any, name: str, *args: object) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"personas:persona-{name}", args=args))


@pytest.mark.parametrize(
    ("share", "is_tiny"), [(None, False), (0, False), (0.04, True), (0.05, False)]
)
def test_a_share_that_rounds_to_nothing_is_told_as_less_than_a_tenth(
    share: float | None, is_tiny: bool
) -> None:
    size = Size(Segment(title="a"), 12, share, 34_248, make.NOW, "")
    shell = {"tenant": Tenant(time_zone="UTC")}

    told = render_to_string("analytics/_persona_size.html", {"size": size, "shell": shell})

    assert size.is_tiny is is_tiny
    assert ("under 0.1 % of 34,248 customers" in told) is is_tiny
