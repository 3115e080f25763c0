"""What no form offers, sent to the wizard all the same: refused, and the import goes on."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.feedback.test_views_import_lines import SHOP, filled_in, lined, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.mark.parametrize(
    "changes", [{"c1_kind": "bogus"}, {"c1_namespace": "a\0b"}, {"c5_key": "\0"}]
)
def test_a_draft_that_could_not_be_read_again_is_not_kept(changes: dict[str, str]) -> None:
    client = Client(raise_request_exception=False)
    imported = lined(client, SHOP, "order")
    form = filled_in(client.get(url("import-columns", imported)), **changes)

    answer = client.post(url("import-columns", imported), form | {"act": "line"})

    assert answer.status_code == 422
    for name in ("import-line", "import-columns"):
        assert client.get(url(name, imported)).status_code == 200


def test_a_mapping_file_with_nul_is_refused() -> None:
    client = Client(raise_request_exception=False)
    imported = lined(client, SHOP, "order")
    told = {
        "version": 1,
        "line": "order",
        "source": {"key": "shop", "title": "a\0b"},
        "row_id": ["order_id"],
        "events": [{"at": {"column": "ordered_at"}, "name": "Ordered"}],
    }
    file = SimpleUploadedFile("m.json", json.dumps(told).encode())

    answer = client.post(url("import-mapping-use", imported), {"mapping": file})

    assert answer.status_code == 422
    assert "NUL" in answer.content.decode()


@pytest.mark.parametrize("body", [b'{"a":' * 50_000, b"[" * 100_000, b"\xff\xfe", b"null"])
def test_a_mapping_file_that_is_none_is_refused(body: bytes) -> None:
    client = Client(raise_request_exception=False)
    imported = lined(client, SHOP, "order")
    file = SimpleUploadedFile("m.json", body)

    assert client.post(url("import-mapping-use", imported), {"mapping": file}).status_code == 422
