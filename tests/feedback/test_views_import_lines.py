"""The wizard for files whose lines are no answers, from what a line is to the undo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cxm.customers.models import Customer, Interaction
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from feedback.models import Import
from tests import make
from tests.feedback.event_files import ORDERS, plain_orders
from tests.feedback.import_files import CLEAN, current, loaded, received

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

SHOP = """order_id,customer_id,ordered_at,delivered_at,total,status
o1,ana,2026-10-01 10:00,2026-10-03 09:00,"19,90",done
o2,ben,2026-10-03 10:00,,5,open
o3,ana,2026-10-05 10:00,2026-10-04 09:00,7,done
"""
REVIEWS = """review_id,order_id,answered_at,stars,comment
r1,o1,2026-10-09 10:00,5,Came quickly and well packed
r2,o2,2026-10-09 11:00,1,It has still not come after a week
r3,o3,2026-10-09 12:00,3,The parcel was open when it came
"""


def url(name: str, imported: Import) -> str:
    return reverse(f"feedback:{name}", args=[imported.tenant.slug, imported.pk])


def signed_in(client: Client, tenant: Tenant) -> None:
    client.force_login(make.member(of=tenant).user)


def text_of(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def filled_in(answer: Any, **changes: str) -> dict[str, str]:
    """Give what the browser would send of the form of columns, with *changes*."""
    form = answer.context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value not in (None, False, ""):
            sent[field.html_name] = "on" if value is True else str(value)
    for number, choice in enumerate(form.choices):
        sent[f"c{number}-was"] = str(choice.role)
    return sent | {name.replace("_", "-", 1): value for name, value in changes.items()}


def lined(client: Client, content: str, line: str, name: str = "shop.csv") -> Import:
    """Receive a file and say what its lines are."""
    tenant = make.tenant()
    signed_in(client, tenant)
    imported = received(content, of=tenant, name=name, looks=True)
    client.post(url("import-line", imported), {"line": line})
    return current(imported)


def test_the_likeliest_is_chosen_beforehand_and_comes_first(client: Client) -> None:
    tenant = make.tenant()
    signed_in(client, tenant)

    answer = client.get(url("import-line", received(SHOP, of=tenant, looks=True)))

    first, *others = answer.context["form"].options
    assert (first.value, first.is_chosen, first.is_likely) == ("order", True, True)
    assert not any(option.is_chosen for option in others)
    assert "We saw a number of its own in “order_id” and times in “ordered_at”" in text_of(answer)


@pytest.mark.parametrize(
    ("content", "sent", "words"),
    [
        (SHOP, {}, "Choose what a line is."),
        (SHOP, {"line": "king"}, "A line cannot be that."),
        ("name,mail\nAna,a@b.ch\n", {"line": "order"}, "No column of this file holds times"),
    ],
    ids=["nothing", "no-such-kind", "no-times"],
)
def test_a_kind_that_cannot_fit_is_refused(
    client: Client, content: str, sent: dict[str, str], words: str
) -> None:
    tenant = make.tenant()
    signed_in(client, tenant)
    imported = received(content, of=tenant, looks=True)

    answer = client.post(url("import-line", imported), sent)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert current(imported).preview["suggestion"].get("line", "response") == "response"


def test_the_lines_of_a_loaded_file_are_settled(client: Client) -> None:
    tenant = make.tenant()
    imported = loaded(CLEAN, of=tenant)
    signed_in(client, tenant)

    answer = client.post(url("import-line", imported), {"line": "order"})

    assert answer.headers["Location"] == url("import-file", imported)
    assert current(imported).mapping == imported.mapping


def test_lines_are_not_found_for_viewers_and_other_tenants(client: Client) -> None:
    imported = received(SHOP, of=make.tenant(), looks=True)
    client.force_login(make.member(of=imported.tenant, role=Role.VIEWER).user)
    viewer = client.post(url("import-line", imported), {"line": "order"})
    signed_in(client, make.tenant())
    stranger = client.post(url("import-line", imported), {"line": "order"})

    assert (viewer.status_code, stranger.status_code) == (404, 404)
    assert "line" not in current(imported).preview["suggestion"]


@pytest.mark.slow
def test_an_order_file_goes_through_the_wizard_and_back(client: Client) -> None:
    imported = lined(client, SHOP, "order", name="shop orders 2026-10.csv")
    tenant, columns = imported.tenant, url("import-columns", imported)

    client.post(columns, filled_in(client.get(columns), c4_currency="eur"))
    drain(tenant.pk)
    checked = text_of(client.get(url("import", imported)))
    client.post(url("import-load", imported))
    drain(tenant.pk)
    with tenant_bound(tenant.pk):
        rows = Interaction.objects.for_tenant(tenant).order_by("occurred_at")
        told = list(rows.values_list("name", "touchpoint__title", "thread_key", "amount"))
    client.post(url("import-undo", imported))
    drain(tenant.pk)

    assert "Load 3 lines" in checked
    assert "Order delivered before Order placed: 1 line" in checked
    assert [(name, point, thread) for name, point, thread, _ in told] == [
        ("Order placed", "Checkout", "o1"),
        ("Order delivered", "Delivery", "o1"),
        ("Order placed", "Checkout", "o2"),
        ("Order delivered", "Delivery", "o3"),
        ("Order placed", "Checkout", "o3"),
    ]
    with tenant_bound(tenant.pk):
        assert not Interaction.objects.for_tenant(tenant).exists()
        assert not Customer.objects.for_tenant(tenant).exists()


def test_an_amount_without_a_currency_asks_for_it_at_its_column(client: Client) -> None:
    imported = lined(client, SHOP, "order")
    columns = url("import-columns", imported)

    answer = client.post(columns, filled_in(client.get(columns)))

    assert answer.status_code == 422
    assert "Say which currency this is" in text_of(answer)
    assert current(imported).mapping is None


def test_what_was_typed_is_there_when_the_form_comes_back(client: Client) -> None:
    imported = lined(client, SHOP, "order")
    columns = url("import-columns", imported)
    typed = {"c2_event": "Bought", "c3_event": "Bought", "c1_namespace": "my shop"}

    answer = client.post(columns, filled_in(client.get(columns), title="Mine", **typed))

    form = answer.context["form"]
    assert answer.status_code == 422
    assert "Two steps are called “Bought”." in text_of(answer)
    assert [form[name].value() for name in ("title", "c1-namespace", "c3-event")] == [
        "Mine",
        "my shop",
        "Bought",
    ]


def test_a_role_chosen_without_scripts_brings_its_fields(client: Client) -> None:
    imported = lined(client, SHOP, "order")
    columns = url("import-columns", imported)

    answer = client.post(columns, filled_in(client.get(columns), c5_role="thread"))

    assert answer.status_code == 200
    assert 'name="c5-joins"' in text_of(answer)
    assert current(imported).mapping is None


def test_another_kind_keeps_what_it_can_and_gives_back_the_rest(client: Client) -> None:
    imported = lined(client, SHOP, "order")
    columns, line = url("import-columns", imported), url("import-line", imported)
    typed = filled_in(client.get(columns), c1_namespace="crm", c2_event="Bought", title="Mine")

    left = client.post(columns, typed | {"act": "line", "c4-currency": "EUR"})
    shown = client.get(line)
    client.post(line, {"line": "interaction"})
    as_event = client.get(columns).context["form"]
    client.post(line, {"line": "order"})
    as_order = client.get(columns).context["form"]

    assert left.headers["Location"] == line
    assert [o.value for o in shown.context["form"].options if o.is_chosen] == ["order"]
    assert [as_event[name].value() for name in ("title", "c1-namespace", "c4-currency")] == [
        "Mine",
        "crm",
        "EUR",
    ]
    assert as_order["c2-event"].value() == "Bought"


def test_answers_come_back_as_they_were_after_another_kind(client: Client) -> None:
    imported = lined(client, CLEAN, "response")
    columns, line = url("import-columns", imported), url("import-line", imported)
    before = client.get(columns).context["form"].choices

    client.post(line, {"line": "customer"})
    between = client.get(columns).context["form"].line_words
    client.post(line, {"line": "response"})

    assert between == "a customer"
    assert client.get(columns).context["form"].choices == before


def test_a_recipe_of_another_kind_is_offered_when_the_heads_fit(client: Client) -> None:
    tenant = make.tenant()
    signed_in(client, tenant)
    first = received(ORDERS, of=tenant, looks=True)
    file = SimpleUploadedFile("mapping.json", json.dumps(plain_orders()).encode())
    client.post(url("import-mapping-use", first), {"mapping": file})
    columns = url("import-columns", first)
    client.post(columns, filled_in(client.get(columns)))
    client.post(url("recipe-save", first), {"name": "Orders"})

    following = received(ORDERS, of=tenant, looks=True)

    assert "The recipe “Orders” fits this file" in text_of(
        client.get(url("import-file", following))
    )
    assert client.get(url("import-columns", following)).context["form"].line == "order"


@pytest.mark.slow
def test_reviews_find_their_customers_by_the_orders_that_are_loaded(client: Client) -> None:
    orders = lined(client, SHOP, "order")
    tenant, columns = orders.tenant, url("import-columns", orders)
    client.post(columns, filled_in(client.get(columns), c4_currency="EUR"))
    drain(tenant.pk)
    client.post(url("import-load", orders))
    drain(tenant.pk)

    reviews = received(REVIEWS, of=tenant, name="reviews.csv", looks=True)
    columns = url("import-columns", reviews)
    form = client.get(columns)
    saved = client.post(columns, filled_in(form))

    assert form.context["form"].choices[1].role == "order"
    assert "Its customer is known from Shop" in text_of(form)
    assert saved.status_code == 302
    mapping = current(reviews).mapping
    assert mapping is not None
    assert mapping["thread"] == {"column": "order_id", "joins": "shop"}


def test_an_order_of_an_answer_needs_the_file_that_says_whose_it_is(client: Client) -> None:
    imported = lined(client, REVIEWS, "response")
    columns = url("import-columns", imported)
    typed = filled_in(client.get(columns), c1_role="order", c1_was="order")

    answer = client.post(columns, typed)

    assert answer.status_code == 422
    assert "Choose the file that said whose order it is." in text_of(answer)
