"""Erasing a person out of feedback: words and raw bytes go, scores and what others sent stay."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.models import Customer, Identity, Interaction
from cxm.customers.rules.traces import traces_of
from cxm.customers.services.erasing import start_erasing
from cxm.kernel.erasing import erasers
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from cxm.work.models import Batch
from feedback.models import EventSource, Inbox, Rating, RejectedEvent, RejectedRow, Response
from feedback.services.accepting import Delivery, store
from feedback.services.row_log import unpacked
from feedback.services.scrubbing import without_person
from tests import make
from tests.customers.test_erasing import tables_with
from tests.feedback.import_files import HEADS, loaded, shop_mapping

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db

MAYA = "maya.lindt@example.com"
FILE = f"""{HEADS}
r1,{MAYA},2026-10-01,9,5,My red bicycle came late
r2,ada@example.com,2026-10-02,3,4,Fine
r3,{MAYA},2026-10-02,44,4,Maya Lindt again
r4,ada@example.com,2026-10-03,8,4,Also fine
"""
MAPPING = shop_mapping(
    customer={"columns": [{"column": "card", "kind": "email"}]},
)
STRINGS = (MAYA, "maya", "lindt", "red bicycle")


def _erase(by: Membership, email: str = MAYA) -> Batch:
    with tenant_bound(by.tenant_id):
        rows = Customer.objects.for_tenant(by.tenant_id).select_related("tenant")
        customer = rows.get(email=email)
        batch = start_erasing(customer=customer, by=by, now=make.NOW)
    drain(by.tenant_id)
    with tenant_bound(by.tenant_id):
        return Batch.objects.for_tenant(by.tenant_id).get(pk=batch.pk)


def _bodies(tenant: Tenant) -> str:
    """Give all stored bodies, unpacked, as one text."""
    with tenant_bound(tenant.pk):
        rows = Inbox.objects.for_tenant(tenant).order_by("pk")
        return "\n".join(_text(row) for row in rows)


def _text(inbox: Inbox) -> str:
    body = bytes(inbox.body)
    return (zlib.decompress(body) if inbox.adapter == "survey-file" else body).decode()


def _scores(tenant: Tenant) -> list[tuple[str, int]]:
    with tenant_bound(tenant.pk):
        rows = Rating.objects.for_tenant(tenant).counted().order_by("pk")
        return list(rows.values_list("question_key", "value"))


@pytest.mark.usefixtures("media")
def test_an_imported_person_leaves_no_string_behind() -> None:
    by = make.member()
    loaded(FILE, of=by.tenant, by=MAPPING)
    planted = tables_with(by.tenant, STRINGS)
    scores = _scores(by.tenant)

    batch = _erase(by)

    assert {"feedback_import", "feedback_rejectedrow", "feedback_verbatim"} <= set(planted)
    assert tables_with(by.tenant, STRINGS) == {}
    assert "maya" not in _bodies(by.tenant).lower()
    assert _scores(by.tenant) == scores
    assert batch.counts["kept"] == {"uploaded files": 1}


@pytest.mark.usefixtures("media")
def test_what_others_sent_stays() -> None:
    by = make.member()
    loaded(FILE, of=by.tenant, by=MAPPING)

    _erase(by)

    with tenant_bound(by.tenant_id):
        [inbox] = Inbox.objects.for_tenant(by.tenant)
        rows = dict(unpacked(bytes(inbox.body)))
        refused = RejectedRow.objects.for_tenant(by.tenant).get()
    assert rows[3][:2] == ["r2", "ada@example.com"]
    assert set(rows[2]) == {""}
    assert (refused.line, refused.raw, refused.message) == (4, [], "[erased]")


@pytest.mark.usefixtures("media")
def test_importing_the_person_again_loads_scores_without_a_person() -> None:
    by = make.member()
    loaded(FILE, of=by.tenant, by=MAPPING)
    _erase(by)
    again = FILE.replace("r1,", "s1,").replace("r2,", "s2,")

    loaded(again, of=by.tenant, by=MAPPING)

    with tenant_bound(by.tenant_id):
        [response] = Response.objects.for_tenant(by.tenant).filter(customer=None)
        assert Rating.objects.for_tenant(by.tenant).filter(response=response).count() == 2
        assert Customer.objects.for_tenant(by.tenant).filter(erased_at=None).count() == 1
    # What an import shows of its file is as the file is, which somebody has sent again.
    assert tables_with(by.tenant, STRINGS).keys() == {"feedback_import"}
    assert "maya" not in _bodies(by.tenant).lower()


BATCH: dict[str, Any] = {
    "batch": [
        {"type": "track", "event": "Order placed", "userId": "C-77001", "name": "Maya Lindt"},
        {"type": "track", "event": "Order placed", "userId": "C-1"},
    ],
    "sentAt": "2026-11-20T12:00:00Z",
}
EVENTS = list(enumerate(BATCH["batch"]))
TRACES = traces_of([("external", "C-77001"), ("email", MAYA)])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            json.dumps(BATCH).encode(), {**BATCH, "batch": [{}, BATCH["batch"][1]]}, id="a-batch"
        ),
        pytest.param(
            zlib.compress(json.dumps(BATCH["batch"]).encode()),
            [{}, BATCH["batch"][1]],
            id="a-packed-list",
        ),
        pytest.param(json.dumps(BATCH["batch"][0]).encode(), {}, id="one-event"),
        pytest.param(b'{"broken": "C-77001', {}, id="no-json"),
        pytest.param(
            json.dumps({**BATCH, "context": {"email": MAYA}}).encode(),
            {**BATCH, "batch": [{}, BATCH["batch"][1]]},
            id="something-beside",
        ),
    ],
)
def test_a_body_loses_the_events_of_one_person_only(body: bytes, expected: Any) -> None:
    assert json.loads(without_person(body, TRACES)) == expected


def test_a_body_without_the_person_stays_byte_by_byte() -> None:
    body = b'{"batch" : [ {"userId":"C-1"} ]}'

    assert without_person(body, TRACES) == body


def test_events_as_they_came_and_refused_ones_lose_the_person() -> None:
    by = make.member()
    make.load(make.record(9, customer="C-77001"), of=by.tenant)
    with tenant_bound(by.tenant_id):
        source = EventSource.objects.create(
            tenant=by.tenant, key="shop", title="Shop", created_at=make.NOW
        )
        inbox = Inbox.objects.create(
            tenant=by.tenant,
            source="events:shop",
            adapter="segment",
            delivery_key="d1",
            received_at=make.NOW,
            body=json.dumps(BATCH).encode(),
            sha256="0" * 64,
            event_source=source,
            envelope={"headers": {"anonymousid": "C-77001"}, "path": "/v1/batch"},
        )
        for raw in ('{"userId": "C-77001"}', '{"userId": "C-1"}'):
            RejectedEvent.objects.create(
                tenant=by.tenant,
                event_source=source,
                inbox=inbox,
                position=0,
                code="bad_time",
                message="The time is in the future.",
                raw=raw,
                received_at=make.NOW,
            )
        customer = Customer.objects.for_tenant(by.tenant).get()
        start_erasing(customer=customer, by=by, now=make.NOW)

    drain(by.tenant_id)

    assert "C-77001" not in _bodies(by.tenant)
    assert tables_with(by.tenant, ("c-77001",)) == {}
    with tenant_bound(by.tenant_id):
        raws = RejectedEvent.objects.for_tenant(by.tenant).order_by("pk").values_list("raw", "code")
        assert list(raws) == [("", "bad_time"), ('{"userId": "C-1"}', "bad_time")]


def test_events_of_the_person_sent_again_come_in_without_them() -> None:
    by = make.member()
    make.load(make.record(9, customer="C-77001"), of=by.tenant)
    with tenant_bound(by.tenant_id):
        Identity.objects.for_tenant(by.tenant).update(namespace="")
        customer = Customer.objects.for_tenant(by.tenant).select_related("tenant").get()
        start_erasing(customer=customer, by=by, now=make.NOW)
    drain(by.tenant_id)
    with tenant_bound(by.tenant_id):
        source = EventSource.objects.create(
            tenant=by.tenant, key="shop", title="Shop", created_at=make.NOW
        )
        body = json.dumps({"batch": [{**item, "messageId": f"m{n}"} for n, item in EVENTS]})
        delivery = Delivery(adapter="segment", path="/v1/batch", body=body.encode())
        store(source=source, delivery=delivery, now=make.NOW)

    drain(by.tenant_id)

    assert tables_with(by.tenant, ("c-77001", "maya")) == {}
    assert json.loads(_bodies(by.tenant))["batch"][0] == {}
    with tenant_bound(by.tenant_id):
        facts = Interaction.objects.for_tenant(by.tenant).filter(kind="event").order_by("pk")
        owners = [fact.customer_id is None for fact in facts]
    assert owners == [True, False]


def test_long_work_goes_on_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    by = make.member()
    make.load(*(make.record(9, customer="C-77001", comment="Late") for _ in range(5)), of=by.tenant)
    for name in ("BODIES_A_STEP", "ROWS_A_STEP", "IMPORTS_A_STEP"):
        monkeypatch.setattr(f"feedback.services.erasing.{name}", 2)
    with tenant_bound(by.tenant_id):
        batch = start_erasing(
            customer=Customer.objects.for_tenant(by.tenant).get(), by=by, now=make.NOW
        )

    drain(by.tenant_id)

    with tenant_bound(by.tenant_id):
        counts = Batch.objects.for_tenant(by.tenant).get(pk=batch.pk).counts
    assert counts["tables"]["comments"] == 5


def test_the_parts_come_in_the_order_in_which_they_need_each_other() -> None:
    assert [name for name in erasers.names() if name.startswith("feedback")] == [
        "feedback bodies",
        "feedback refused rows",
        "feedback refused events",
        "feedback reports",
        "feedback excerpts",
        "feedback lists",
        "feedback invitations",
        "feedback answers",
    ]
