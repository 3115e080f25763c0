"""The OpenAPI description, the reference page, and the manual of the API."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from cxm.kernel.api_reference import reference
from cxm.kernel.api_schema import ApiGenerator, operations
from tests import make

MANUAL = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(r"```http\n(.*?)```\s+```json\n(\d+)\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return _made()


def _made() -> dict[str, Any]:
    generator = ApiGenerator()  # type: ignore[no-untyped-call]  # drf-spectacular
    return generator.get_schema(public=True)


@pytest.mark.slow
def test_the_schema_is_valid_and_made_without_a_warning() -> None:
    made = _made()

    warnings = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    validate_schema(made)  # type: ignore[no-untyped-call]  # drf-spectacular
    assert warnings == []


def test_every_operation_says_what_it_does_and_which_right_it_needs(
    schema: dict[str, Any],
) -> None:
    silent = [
        f"{method} {path}"
        for path, method, operation in operations(schema)
        if not operation["summary"] or not operation.get("x-right")
    ]

    assert silent == []


def test_every_operation_tells_how_it_refuses(schema: dict[str, Any]) -> None:
    for _, _, operation in operations(schema):
        content = operation["responses"]["4XX"]["content"]
        assert content["application/problem+json"]["schema"] == {
            "$ref": "#/components/schemas/Problem"
        }


def test_operations_have_names_of_their_own(schema: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(schema)]

    assert len(set(names)) == len(names)


def test_the_reference_shows_fields_of_bodies_and_answers() -> None:
    described = {
        "paths": {
            "/api/v1/things/{id}/": {
                "post": {
                    "operationId": "things_create",
                    "summary": "Make a thing.",
                    "x-right": "edit_things",
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                    ],
                    "requestBody": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        }
                    },
                    "responses": {"204": {"description": ""}, "4XX": {"description": ""}},
                }
            }
        },
        "components": {
            "schemas": {
                "Thing": {
                    "type": "object",
                    "required": ["parts"],
                    "properties": {
                        "kind": {"enum": ["a", "b"], "description": "What it is."},
                        "parts": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {"n": {"type": "integer", "nullable": True}},
                            },
                        },
                    },
                }
            }
        },
    }

    [section] = reference(described)

    [operation] = section.operations
    assert (section.title, operation.right, operation.answers) == (
        "Things",
        "edit_things",
        [("204", [])],
    )
    assert [(line.name, line.kind, line.is_required) for line in operation.body] == [
        ("kind", "a | b", False),
        ("parts", "list of object", True),
        ("parts.n", "integer or null", False),
    ]


@pytest.mark.slow
@pytest.mark.django_db
def test_the_reference_page_shows_every_operation_without_scripts(schema: dict[str, Any]) -> None:
    shown = Client().get("/api/docs/").content.decode()

    missing = [path for path, _, _ in operations(schema) if f"<code>{path}</code>" not in shown]
    scripts = re.findall(r"<script(?![^>]* src=)[^>]*>", shown)
    assert (missing, scripts) == ([], [])
    assert 'id="problem-refused"' in shown


@pytest.mark.django_db
def test_the_schema_is_served_as_json() -> None:
    served = Client().get("/api/schema/")

    assert served.headers["Content-Type"] == "application/json"
    assert served.json()["info"]["title"] == "Wayfare API"


def _sent(example: str, known: dict[str, str]) -> Any:
    """Send one example of the manual."""
    for name, value in known.items():
        example = example.replace(f"${name}", value)
    head, _, body = example.partition("\n\n")
    first, *lines = head.strip().splitlines()
    method, path = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    return Client().generic(method, path, body, "application/json", headers=headers)


def _holds(expected: Any, found: Any) -> bool:
    """Decide whether *found* has everything of *expected*, and lists as many or more."""
    if isinstance(expected, dict):
        return all(name in found and _holds(part, found[name]) for name, part in expected.items())
    if isinstance(expected, list):
        return len(expected) <= len(found) and all(map(_holds, expected, found))
    return bool(expected == found)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_examples_of_the_manual_are_true() -> None:
    tenant = make.tenant()
    make.channel(of=tenant, key="web", title="Website")
    known = {"KEY": make.api_key(of=tenant)[1]}
    examples = EXAMPLE.findall(MANUAL.read_text("utf-8"))

    for sent, status, body in examples:
        answer = _sent(sent, known)
        assert answer.status_code == int(status), sent
        assert _holds(json.loads(body), answer.json()), answer.content
        known["ID"] = answer.json().get("id", known.get("ID", ""))

    assert len(examples) == MANUAL.read_text("utf-8").count("```http") == 8
