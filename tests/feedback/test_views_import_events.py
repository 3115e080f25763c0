"""The pages of an import whose lines are no answers: chosen mapping, dry run, report, undo."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.models import Import, ImportRecipe
from tests import make
from tests.feedback.event_files import HEADS, ORDERS, plain_orders
from tests.feedback.import_files import current, received
from tests.feedback.test_views_import_lines import filled_in

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.slow]

# An event by the name of a method must not be taken for it by a template.
BY_NAME = plain_orders(
    line="interaction",
    events=[{"at": {"column": "placed"}, "name_column": "who"}],
    properties=[{"column": "total", "key": "items"}],
)


def url(name: str, imported: Import) -> str:
    return reverse(f"feedback:{name}", args=[imported.tenant.slug, imported.pk])


def chosen(client: Client, imported: Import, plain: dict[str, Any]) -> Any:
    """Fill the columns in from a mapping file, and save them as they are."""
    file = SimpleUploadedFile("mapping.json", json.dumps(plain).encode())
    answer = client.post(url("import-mapping-use", imported), {"mapping": file}, follow=True)
    if answer.status_code != HTTPStatus.OK:
        return answer
    return client.post(url("import-columns", imported), filled_in(answer), follow=True)


def signed_in(client: Client, tenant: Tenant) -> None:
    client.force_login(make.member(of=tenant).user)


def test_an_order_file_goes_through_check_load_and_undo_with_a_mapping_file(
    client: Client,
) -> None:
    tenant = make.tenant()
    signed_in(client, tenant)
    imported = received(ORDERS, of=tenant, looks=True)

    begun = chosen(client, imported, plain_orders())
    drain(tenant.pk)
    checked = client.get(url("import", imported)).content.decode()
    client.post(url("import-load", imported))
    drain(tenant.pk)
    loaded = client.get(url("import", imported)).content.decode()
    client.post(url("import-undo", imported))
    drain(tenant.pk)
    undone = client.get(url("import", imported)).content.decode()

    assert begun.redirect_chain[-1][0] == url("import", imported)
    assert "Load 3 lines" in checked
    assert "Order shipped before order placed: 1 line" in checked
    assert "See the customers" in loaded
    assert "what they told is gone again" in undone


def test_names_that_templates_could_stumble_over_are_shown(client: Client) -> None:
    tenant = make.tenant()
    signed_in(client, tenant)
    imported = received(
        f"{HEADS}\no1,items,2026-10-01,,5\no2,<b>x,2026-10-01,,5\n", of=tenant, looks=True
    )

    chosen(client, imported, BY_NAME | {"identities": []})
    drain(tenant.pk)
    page = client.get(url("import", imported))

    assert page.status_code == 200
    assert "<dt>items</dt>" in page.content.decode()
    assert "<dt>&lt;b&gt;x</dt>" in page.content.decode()


def test_a_mapping_that_does_not_fit_is_said_with_each_field(client: Client) -> None:
    tenant = make.tenant()
    signed_in(client, tenant)
    imported = received(ORDERS, of=tenant, looks=True)

    answer = chosen(client, imported, plain_orders(row_id=["nr"]))

    assert answer.status_code == 422
    assert "row_id[0]: The file has no column “nr”." in answer.content.decode()
    assert current(imported).mapping is None


def test_the_columns_of_such_a_file_can_still_be_looked_at(client: Client) -> None:
    tenant = make.tenant()
    signed_in(client, tenant)
    imported = received(ORDERS, of=tenant, looks=True)
    chosen(client, imported, plain_orders())
    drain(tenant.pk)

    assert client.get(url("import-columns", imported)).status_code == 200
    exported = client.get(url("import-mapping-file", imported))
    assert json.loads(exported.content)["line"] == "order"


def test_a_recipe_of_such_a_mapping_loads_the_next_file(client: Client) -> None:
    tenant = make.tenant()
    signed_in(client, tenant)
    imported = received(ORDERS, of=tenant, looks=True)
    chosen(client, imported, plain_orders())
    drain(tenant.pk)
    client.post(url("recipe-save", imported), {"name": "Orders"})

    with tenant_bound(tenant.pk):
        recipe = ImportRecipe.objects.for_tenant(tenant).get()
    following = received(ORDERS, of=tenant, looks=True)
    columns = client.post(
        url("import-mapping-use", following), {"recipe": str(recipe.pk)}, follow=True
    )
    client.post(url("import-columns", following), filled_in(columns))
    drain(tenant.pk)

    assert current(following).state == Import.State.CHECKED


def test_the_shell_tells_events_and_flags_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant = make.tenant()
    file, mapping = tmp_path / "orders.csv", tmp_path / "mapping.json"
    file.write_text(ORDERS)
    mapping.write_text(json.dumps(plain_orders()))

    call_command("import_feedback", str(file), "--tenant", tenant.slug, "--mapping", str(mapping))

    told = capsys.readouterr().out
    assert "3 rows read, 3 lines loaded, 0 were there already." in told
    assert "Events, order shipped: 2" in told
    assert "Flagged, order shipped before order placed: 1" in told
