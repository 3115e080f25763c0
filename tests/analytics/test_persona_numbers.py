"""The numbers of personas: those of their segments, and none about a few people."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.selectors.figures import Viewer
from analytics.selectors.persona_numbers import channel_mixes, persona_scores, persona_sizes
from analytics.selectors.persona_people import bound_segments
from analytics.selectors.persona_quotes import segment_quotes
from cxm.customers.models import Customer, Interaction, Segment
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Channel
from cxm.work.engine import drain
from personas.models import Persona
from tests import make
from tests.analytics.persona_world import bind, segment, world
from tests.analytics.test_apart import told_about_few
from tests.personas import editing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,  # each makes customers with answers, and counts segments of them
    pytest.mark.usefixtures("_at_one_moment"),
]


def viewer(tenant: Tenant, *, sees_rows: bool = True) -> Viewer:
    return Viewer(tenant, sees_rows, make.NOW)


def sizes(tenant: Tenant, made: dict[str, Segment]) -> dict[str, tuple[int | None, float | None]]:
    """Read the sizes and shares that personas show, by letter."""
    with tenant_bound(tenant.pk):
        found = persona_sizes(viewer(tenant), [one.pk for one in made.values()])
    return {
        letter: (found[one.pk].size, found[one.pk].share)
        for letter, one in made.items()
        if one.pk in found
    }


def scores(tenant: Tenant, made: dict[str, Segment]) -> dict[str, tuple[float | None, int]]:
    """Read NPS and its n as personas show it, by letter."""
    with tenant_bound(tenant.pk):
        found = persona_scores(viewer(tenant), [one.pk for one in made.values()])
    nps = {letter: found[one.pk][0] for letter, one in made.items()}
    return {letter: (one.value, one.n) for letter, one in nps.items()}


def client_of(tenant: Tenant, role: Role = Role.ADMIN) -> Client:
    client = Client()
    client.force_login(make.member(of=tenant, role=role).user)
    return client


def text_of(page: Any) -> str:
    """Give the words of a page, without markup and runs of blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.content.decode()))


def test_size_and_share_are_those_of_the_segment_query_of_the_day() -> None:
    member = make.member()
    made = world(member, ["a"] * 7 + ["b"] * 5 + [""] * 8)

    with tenant_bound(member.tenant_id):
        direct = Customer.objects.for_tenant(member.tenant).filter(attributes__a="yes").count()

    assert direct == 7
    assert sizes(member.tenant, made) == {"a": (7, 35.0), "b": (5, 25.0)}


def test_scores_are_those_of_the_dashboard_of_the_segment() -> None:
    member = make.member()
    made = world(member, ["a"] * 7 + [""] * 8)

    page = client_of(member.tenant).get(
        reverse("analytics:metric-page", args=[member.tenant.slug, "nps"]) + "?segment=group-a"
    )

    assert scores(member.tenant, made)["a"] == (100.0, 7)
    assert "7 answers" in text_of(page)
    rows = client_of(member.tenant).get(
        reverse("feedback:response-list", args=[member.tenant.slug]) + "?metric=nps&segment=group-a"
    )
    assert len(rows.context["page"].rows) == 7


def test_a_segment_of_four_shows_no_number_at_all() -> None:
    member = make.member()
    made = world(member, ["a"] * 4 + ["b"] * 6 + [""] * 9)

    assert sizes(member.tenant, made) == {"a": (None, None), "b": (6, pytest.approx(600 / 19))}
    assert scores(member.tenant, made) == {"a": (None, 0), "b": (100.0, 6)}
    with tenant_bound(member.tenant_id):
        mixes = channel_mixes(viewer(member.tenant), [made["a"].pk])
    assert (mixes[made["a"].pk].channels, mixes[made["a"].pk].has_hidden) == ([], True)


def test_a_segment_of_all_but_four_shows_no_number() -> None:
    member = make.member()
    made = world(member, ["a"] * 9 + [""] * 4, "a")

    assert sizes(member.tenant, made) == {"a": (None, None)}
    assert scores(member.tenant, made) == {"a": (None, 0)}


def test_of_two_segments_that_differ_by_four_the_older_persona_shows_its_numbers() -> None:
    member = make.member()
    made = world(member, ["ab"] * 8 + ["b"] * 4 + [""] * 9)

    assert {letter: size for letter, (size, _) in sizes(member.tenant, made).items()} == {
        "a": 8,
        "b": None,
    }
    assert scores(member.tenant, made) == {"a": (100.0, 8), "b": (None, 0)}
    with tenant_bound(member.tenant_id):
        mixes = channel_mixes(viewer(member.tenant), [one.pk for one in made.values()])
    assert {letter: bool(mixes[one.pk].channels) for letter, one in made.items()} == {
        "a": True,
        "b": False,
    }


def test_two_personas_of_one_segment_both_show_its_numbers() -> None:
    member = make.member()
    made = world(member, ["a"] * 6 + [""] * 9, "a")
    bind(member, made["a"], "Twin")

    assert sizes(member.tenant, made) == {"a": (6, 40.0)}


def test_an_unbound_segment_hides_nothing() -> None:
    member = make.member()
    made = world(member, ["ab"] * 8 + ["b"] * 4 + [""] * 9, "b")
    segment(member.tenant, "a")

    assert sizes(member.tenant, made)["b"][0] == 12


def test_archived_segments_and_deleted_personas_take_no_part() -> None:
    member = make.member()
    made = world(member, ["ab"] * 8 + ["b"] * 4 + [""] * 9)
    with tenant_bound(member.tenant_id):
        Segment.objects.for_tenant(member.tenant).filter(key="group-a").update(archived_at=make.NOW)
        bound = bound_segments(member.tenant)

    assert bound == [made["b"].pk]
    assert {letter: size for letter, (size, _) in sizes(member.tenant, made).items()} == {"b": 12}


@pytest.mark.parametrize(("others", "shown"), [(4, (None, 0)), (5, (100.0, 6))])
def test_answers_of_nobody_known_stand_for_one_person_each(
    others: int, shown: tuple[float | None, int]
) -> None:
    member = make.member()
    made = world(member, ["a"] * 6, "a")
    make.load(*(make.record(0) for _ in range(others)), of=member.tenant)

    assert scores(member.tenant, made) == {"a": shown}


def test_only_those_who_read_answers_see_scores_and_quotes() -> None:
    member = make.member()
    made = world(
        member, ["a"] * 12 + [""] * 9, "a", comment="They answered within the hour, thanks."
    )
    guest = viewer(member.tenant, sees_rows=False)

    with tenant_bound(member.tenant_id):
        assert persona_scores(guest, [made["a"].pk]) == {}
        assert segment_quotes(guest, made["a"].pk) == []
        assert len(segment_quotes(viewer(member.tenant), made["a"].pk)) == 3


def test_a_metric_of_its_own_is_shown_by_its_key() -> None:
    member = make.member()
    made = world(member, ["a"] * 7 + [""] * 9, "a")

    with tenant_bound(member.tenant_id):
        asked = [
            persona_scores(viewer(member.tenant), [made["a"].pk], only=key).get(made["a"].pk, [])
            for key in ("nps", "csat_5", "no-metric")
        ]

    assert [[(one.metric_key, one.n) for one in figures] for figures in asked] == [
        [("nps", 7)],
        [("csat_5", 0)],
        [],
    ]


def phone(tenant: Tenant, who: str, times: int = 1, day: int = 0) -> None:
    """Let members of a group (those whose attribute *who* is yes) be called."""
    make.channel(of=tenant, key="phone", title="Phone")
    with tenant_bound(tenant.pk):
        channel = Channel.objects.for_tenant(tenant).get(key="phone")
        for row in Customer.objects.for_tenant(tenant).filter(**{f"attributes__{who}": "yes"}):
            for _ in range(times):
                [event] = make.events("call", of=tenant, day=day)
                type(event).objects.for_tenant(tenant).filter(pk=event.pk).update(
                    customer=row, channel=channel
                )


def mix(tenant: Tenant, one: Segment) -> tuple[list[tuple[str, int, float]], bool]:
    with tenant_bound(tenant.pk):
        found = channel_mixes(viewer(tenant), [one.pk])[one.pk]
    return [(c.title, c.n, round(c.share, 1)) for c in found.channels], found.has_hidden


def test_the_channel_mix_counts_the_contacts_of_members() -> None:
    member = make.member()
    made = world(member, ["a"] * 6 + ["b"] * 6)
    phone(member.tenant, "a", times=2)

    assert mix(member.tenant, made["a"]) == (
        [("Phone", 12, 66.7), ("Web", 6, 33.3)],
        False,
    )
    assert mix(member.tenant, made["b"]) == ([("Web", 6, 100.0)], False)


def test_a_channel_that_few_use_is_left_out_also_of_the_shares() -> None:
    member = make.member()
    made = world(member, ["a"] * 6 + ["ac"] * 4, "a")
    phone(member.tenant, "c")

    assert mix(member.tenant, made["a"]) == ([("Web", 10, 100.0)], True)


def test_contacts_of_91_days_ago_and_notes_do_not_count() -> None:
    member = make.member()
    made = world(member, ["a"] * 6, "a")
    phone(member.tenant, "a", day=90)
    with tenant_bound(member.tenant_id):
        Interaction.objects.for_tenant(member.tenant).filter(channel__key="web").update(kind="note")

    assert mix(member.tenant, made["a"]) == ([], False)
    phone_on = make.NOW - timedelta(days=89)
    with tenant_bound(member.tenant_id):
        Interaction.objects.for_tenant(member.tenant).filter(channel__key="phone").update(
            day=phone_on.date()
        )
    assert mix(member.tenant, made["a"]) == ([("Phone", 6, 100.0)], False)


def test_quotes_name_nobody_and_come_from_different_people() -> None:
    member = make.member()
    words = "Call me on 0170 1234567 or write to eva@example.com, says c0-a."
    made = world(member, ["a"] * 10, "a", comment=words)

    with tenant_bound(member.tenant_id):
        quotes = segment_quotes(viewer(member.tenant), made["a"].pk)

    assert [quote.survey for quote in quotes] == ["Survey"] * 3
    assert {re.sub("c0-a", "[name]", quote.text) for quote in quotes} == {
        "Call me on [phone] or write to [email], says [name]."
    }
    assert len({quote.url for quote in quotes}) == 3


def test_quotes_need_ten_people_who_wrote() -> None:
    member = make.member()
    made = world(member, ["a"] * 9, "a", comment="They answered within the hour, thanks.")

    with tenant_bound(member.tenant_id):
        assert segment_quotes(viewer(member.tenant), made["a"].pk) == []


def page_of(member: Membership, persona: UUID, role: Role = Role.ADMIN) -> str:
    url = reverse("personas:persona-page", args=[member.tenant.slug, persona])
    return text_of(client_of(member.tenant, role).get(url))


def test_the_page_of_a_persona_shows_its_numbers_with_n_and_interval() -> None:
    member = make.member()
    made = world(member, ["a"] * 12 + [""] * 8, "", comment="They answered within the hour.")
    made["a"] = segment(member.tenant, "a")
    persona = bind(member, made["a"], "Ana")
    editing.section(member, persona, "channels", "Channels")
    drain(member.tenant_id)

    page = page_of(member, persona)

    assert "60.0 % of 20 customers, counted" in page
    assert re.search(r"12 answers, between [\d−]+ and \d+", page)
    assert "They answered within the hour." in page
    assert "12 contacts, 23 Aug 2026 to 20 Nov 2026." in page


def test_the_page_of_a_persona_of_few_shows_no_number() -> None:
    member = make.member()
    world(member, ["a"] * 4 + [""] * 8, "")
    persona = bind(member, segment(member.tenant, "a"), "Ana")
    editing.section(member, persona, "channels", "Channels")
    drain(member.tenant_id)

    page = page_of(member, persona)
    shown = page.split("In numbers")[1].split("Ctrl")[0]

    assert "Hidden They are fewer than 5" in shown
    assert "Too few people had contact" in shown
    assert "answers," not in shown
    assert "contacts," not in shown


def test_numbers_lead_to_their_rows_where_one_may_see_them() -> None:
    member = make.member()
    made = world(member, ["a"] * 6 + [""] * 8, "a")
    with tenant_bound(member.tenant_id):
        persona = Persona.objects.for_tenant(member.tenant).get()
    editing.section(member, persona.pk, "channels", "Channels")
    slug = member.tenant.slug
    address = reverse("personas:persona-page", args=[slug, persona.pk])

    pages = [
        client_of(member.tenant, role).get(address).content.decode()
        for role in (Role.ADMIN, Role.VIEWER)
    ]
    contacts = reverse("analytics:segment-contacts", args=[slug, "group-a"])
    rows = client_of(member.tenant).get(f"{contacts}?channel=web")

    assert [f"{contacts}?channel=web" in page for page in pages] == [True, False]
    assert [f"/segments/{made['a'].key}/#segment-members" in page for page in pages] == [
        True,
        False,
    ]
    assert rows.context["page"].total == 6
    assert client_of(member.tenant).get(f"{contacts}?channel=gone").status_code == 404
    assert client_of(member.tenant).get(contacts).context["page"].total == 0
    assert client_of(member.tenant, Role.VIEWER).get(contacts).status_code == 404
    assert client_of(make.tenant()).get(contacts).status_code == 404


HIDDEN = "They are fewer than 5, or fewer than 5 tell them from others whose number is shown."
memberships = st.lists(
    st.sampled_from(["", "a", "b", "ab", "c", "ac", "abc"]), min_size=1, max_size=14
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(memberships)
def test_nobody_computes_a_number_about_a_few_from_what_the_pages_show(groups: list[str]) -> None:
    member = make.member()
    made = world(member, groups, "abc")
    everybody = [frozenset({"all", *letters}) for letters in groups]
    slug = member.tenant.slug
    url = reverse("personas:persona-compare", args=[slug])
    with tenant_bound(member.tenant_id):
        ids = dict(Persona.objects.for_tenant(member.tenant).values_list("name", "pk"))
    query = "&".join(f"p={ids[made[letter].title]}" for letter in "abc")

    page = client_of(member.tenant).get(f"{url}?{query}").content.decode()
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    by_title = {re.sub(r"<[^>]+>", " ", row).split()[0]: row for row in rows}

    counted = Counter(letter for letters in groups for letter in letters)
    for title in ("Customers", "Net", "Channels"):
        cells = re.findall(r"<td>.*?</td>", by_title[title], re.DOTALL)
        shown = [
            letter
            for letter, cell in zip("abc", cells, strict=True)
            if re.search(
                rf"\b{counted[letter]}\b", re.sub(r"<[^>]+>", " ", cell.replace(HIDDEN, ""))
            )
        ]
        known = [] if title == "Channels" or len(groups) < 5 else ["all"]
        assert not told_about_few(everybody, [*known, *shown], 5)
