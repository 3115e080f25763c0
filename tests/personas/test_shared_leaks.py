"""What must not come out by a link: each private thing is planted with a word of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.collaboration.models import Comment, CommentThread, Evidence, ShareLink
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.web.services import open_tenant
from personas.models import (
    CommonRelation,
    PersonaThread,
    Stakeholder,
    StakeholderMap,
    StakeholderMapThread,
)
from personas.rules.kinds import Layout, SectionKind
from tests import make
from tests.collaboration.files import picture, stored
from tests.personas import mapping
from tests.personas.editing import asked, create, do, fact, persona, put, section
from tests.personas.shares import PASSWORD, change, link_to, loaded, opened, text, the_link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db

# Everything private has the one word in it, what is open the other.
SECRET, OPEN = "hushhush", "OPEN"
POWER, INTEREST = 3.1415, 2.7182


@pytest.fixture
def owner() -> Membership:
    tenant = open_tenant(slug=f"{SECRET}-co", name=f"Acme {OPEN}", now=make.NOW)
    member = make.member(of=tenant, email=f"{SECRET}@{SECRET}.example")
    member.user.name = f"{SECRET} owner"
    member.user.save(update_fields=["name"])
    return member


def _persona(owner: Membership) -> UUID:
    """Make a persona that is full of private things, beside what is open."""
    pk = persona(owner, f"Sandra {OPEN}")
    segment = make.segment(of=owner.tenant, title=f"{SECRET} segment", key=f"{SECRET}-segment")
    told = {
        "key": f"{SECRET}-key",
        "tagline": f"Write to me: {SECRET}@x.example ({OPEN} tagline)",
        "quote": f"{OPEN} quote",
        "category": f"{SECRET} category",
        "owner": str(owner.pk),
        "segment": str(segment.pk),
        "review_every_days": 3_649,
        "avatar": {"face": 1, "hair": 1, "skin": 1, "alt": f"{OPEN} {SECRET}@x.example"},
    }
    do(owner, pk, *(put(pk, name, value) for name, value in told.items()))
    for kind in SectionKind:
        _section(owner, pk, kind)
    gone = section(owner, pk, "needs", f"{SECRET} section that was deleted")
    fact(owner, pk, gone, f"{SECRET} statement in it")
    do(owner, pk, asked(Deed.DELETE, gone))
    _thread(owner, PersonaThread, persona_id=pk)
    return pk


def _section(owner: Membership, pk: UUID, kind: SectionKind) -> None:
    hidden = kind in {SectionKind.METRIC, SectionKind.CHANNELS}
    one = section(owner, pk, kind.value, f"{SECRET if hidden else OPEN} {kind.value}")
    mail = f"{SECRET}.{kind.value}@x.example"
    contents: dict[SectionKind, dict[str, Any]] = {
        SectionKind.TEXT: {
            "text": f"{OPEN} text [mail](mailto:{SECRET}&#64;x.example) {SECRET}\\@x.example"
        },
        SectionKind.QUOTE: {"text": f"{OPEN} words", "by": f"{SECRET} customer"},
        SectionKind.TRAITS: {"traits": [{"low": OPEN, "high": mail, "value": 5}]},
        SectionKind.LINKS: {
            "links": [
                {"title": OPEN, "url": f"https://{SECRET}@x.example/"},
                {"title": mail, "url": "https://x.example/open"},
            ]
        },
    }
    if kind in contents:
        do(owner, pk, put(one, "content", contents[kind]))
    if kind in {SectionKind.NEEDS, SectionKind.FACTS, SectionKind.DAY}:
        said = fact(owner, pk, one, f"{OPEN} {kind.value}: {mail}")
        do(owner, pk, put(said, "label", mail), put(said, "grade_override", "contradicted"))
        _evidence(owner, pk, said)
        old = fact(owner, pk, one, f"{SECRET} statement that was deleted")
        do(owner, pk, asked(Deed.DELETE, old))
    if kind in {SectionKind.IMAGE, SectionKind.LINKS}:
        asset = stored(
            owner,
            picture(colour="red" if kind is SectionKind.IMAGE else "blue"),
            f"{SECRET}.png",
            alt=SECRET,
        )
        title = OPEN if kind is SectionKind.IMAGE else f"{SECRET} file"
        told = {"asset": str(asset.pk), "title": title, "alt": f"{mail} {title}"}
        do(owner, pk, create(new_id(), "file", told, one))


def _evidence(owner: Membership, pk: UUID, said: UUID) -> None:
    with tenant_bound(owner.tenant_id):
        row = Evidence.objects.create(
            tenant=owner.tenant,
            kind=EvidenceKind.INTERVIEW,
            polarity=Polarity.CONTRADICTS,
            excerpt=f"{SECRET} excerpt",
            source_label=f"{SECRET} source",
            url=f"https://{SECRET}.example/",
            subjects=4_711,
            observed_on=make.NOW.date(),
            created_at=make.NOW,
            by=owner,
        )
    do(owner, pk, create(new_id(), "citation", {"evidence": str(row.pk)}, said))


def _thread(owner: Membership, model: Any, **about: UUID) -> None:
    with tenant_bound(owner.tenant_id):
        thread = CommentThread.objects.create(
            tenant=owner.tenant, page="/", about=f"{SECRET} about", created_at=make.NOW, by=owner
        )
        Comment.objects.create(
            tenant=owner.tenant,
            thread=thread,
            author=owner,
            body=f"{SECRET} comment",
            created_at=make.NOW,
        )
        model.objects.create(tenant=owner.tenant, thread=thread, **about)


def _map(owner: Membership) -> StakeholderMap:
    """Make a map that is full of private things, beside what is open."""
    on = mapping.map_of(owner, f"Deliveries {OPEN}")
    first = mapping.placed(owner, on, f"Courier {OPEN} {SECRET}@x.example", ring=0, sector=0)
    second = mapping.placed(owner, on, f"Team {OPEN}", "team", ring=1, sector=1)
    private = {"power": POWER, "interest": INTEREST, "attitude": -2, "note": f"{SECRET} note"}
    mapping.put(owner, on, first.pk, **private)
    description = f"{OPEN} description of {SECRET}@x.example"
    mapping.put(owner, on, on.pk, description=description, key=f"{SECRET}-map")
    title = f"{OPEN} title {SECRET}@x.example"
    mapping.related(owner, on, first, second, title=title, note=f"{SECRET} words")
    gone = mapping.placed(owner, on, f"{SECRET} who was taken off", ring=0)
    mapping.do(owner, on, asked(Deed.DELETE, gone.pk))
    with tenant_bound(owner.tenant_id):
        rows = Stakeholder.objects.for_tenant(owner.tenant)
        rows.filter(pk=first.stakeholder_id).update(
            key=f"{SECRET}-courier", description=f"{SECRET} description", member=owner
        )
        CommonRelation.objects.create(
            tenant=owner.tenant,
            start=first.stakeholder,
            end=second.stakeholder,
            kind="trust",
            direction="one",
            title=OPEN,
            note=f"{SECRET} common note",
            created_at=make.NOW,
        )
    _thread(owner, StakeholderMapThread, map_id=on.pk, stakeholder_id=first.stakeholder_id)
    full: StakeholderMap = loaded(owner, on.pk, StakeholderMap)
    return full


def _told(answer: Any) -> str:
    """Give all that an answer carries: body, headers, cookies."""
    return f"{text(answer)}{dict(answer.headers)!r}{answer.cookies.output()}"


def _answers(url: str, queries: list[str]) -> Iterator[str]:
    """Open a link with a password in every way there is."""
    visitor = Client()
    yield _told(visitor.get(url))
    yield _told(visitor.post(url, {"password": "wrong"}))
    yield _told(visitor.post(url, {"password": PASSWORD}))
    for query in queries:
        yield _told(visitor.get(f"{url}{query}"))
    yield _told(visitor.get(f"{url}/pictures/{new_id()}"))


@pytest.mark.slow
@pytest.mark.parametrize("is_frozen", [False, True])
def test_nothing_private_of_a_persona_comes_out(
    owner: Membership, tmp_path: Path, settings: Any, *, is_frozen: bool
) -> None:
    settings.MEDIA_ROOT = tmp_path
    pk = _persona(owner)
    head = loaded(owner, pk).head_seq if is_frozen else None
    url = link_to(owner, pk, password=PASSWORD, label=f"{SECRET} label", freeze_seq=head)

    told = list(_answers(url, ["", "?layout=network"]))

    assert [one for one in told if SECRET in one.lower()] == []
    shown = "".join(told)
    open_ones = ("Sandra", "Acme", "tagline", "quote", "words", "needs", "text", "day")
    assert [word for word in open_ones if word not in shown] == []
    hidden = ("4711", "4,711", "3649", "ontradicted", str(owner.pk), str(pk))
    assert [word for word in (*hidden, str(owner.tenant_id)) if word in shown] == []


@pytest.mark.slow
@pytest.mark.parametrize("is_frozen", [False, True])
def test_nothing_private_of_a_map_comes_out(owner: Membership, *, is_frozen: bool) -> None:
    on = _map(owner)
    head = on.head_seq if is_frozen else None
    url = link_to(owner, on, password=PASSWORD, label=f"{SECRET} label", freeze_seq=head)
    queries = ["", *(f"?layout={layout.value}" for layout in Layout), "?view=matrix&chosen=1"]

    told = list(_answers(url, queries))

    assert [one for one in told if SECRET in one.lower()] == []
    shown = "".join(told)
    assert [word for word in ("Deliveries", "Courier", "Team", "title") if word not in shown] == []
    hidden = ("3.1", "2.7", "Opposes", "Keep satisfied", "power", "Power", str(on.pk))
    ids = (str(owner.pk), str(owner.tenant_id))
    assert [word for word in (*hidden, *ids) if word in shown] == []


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [[], [*SectionKind, *Layout]])
def test_a_link_shows_nothing_private_whatever_its_row_allows(
    owner: Membership, tmp_path: Path, settings: Any, kinds: list[str]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    pk, on = _persona(owner), _map(owner)
    queries = ["", "?layout=power_interest"]
    told = []
    for of in (pk, on):
        url = link_to(owner, of, password=PASSWORD)
        with tenant_bound(owner.tenant_id):
            ShareLink.objects.for_tenant(owner.tenant).update(allow_kinds=kinds)
        told += list(_answers(url, queries))

    assert [one for one in told if SECRET in one.lower()] == []
    assert [one for one in told if "power_interest" in one or "Opposes" in one] == []
    assert any("Courier" in one for one in told)


def test_nothing_comes_out_of_what_is_over_or_archived(owner: Membership, tmp_path: Path) -> None:
    pk = persona(owner, SECRET)
    archived = link_to(owner, pk)
    change(loaded(owner, pk), archived_at=make.NOW)
    gone = opened(archived)
    change(the_link(owner), revoked_at=make.NOW)

    for answer in (gone, opened(archived), opened(f"{archived}/pictures/{new_id()}")):
        assert SECRET not in _told(answer)
        assert "Acme" not in _told(answer)


def test_a_link_reads_nothing_of_who_has_signed_in(owner: Membership) -> None:
    pk = persona(owner, f"Sandra {OPEN}")
    url = link_to(owner, pk)
    client = mapping.client_of(owner)

    answer = client.get(url)

    assert answer.content == opened(url).content
    assert answer.cookies == {}
    assert "Cookie" not in answer.get("Vary", "")


def test_a_token_of_one_tenant_shows_nothing_of_another(owner: Membership) -> None:
    other = make.member(of=make.tenant(name="Other"))
    url = link_to(other, persona(other, "Other's own"))
    asset = stored(owner, picture(colour="green"))

    assert SECRET not in _told(opened(url))
    assert opened(f"{url}/pictures/{asset.pk}").status_code == 404
