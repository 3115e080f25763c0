"""The OpenAPI description of the JSON API: what is true of every operation, said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers

from cxm.kernel.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drf_spectacular.openapi import AutoSchema

LIMIT = OpenApiParameter("limit", int, description="Rows on one page, from 1 to 200.", default=50)
CURSOR = OpenApiParameter("cursor", str, description="Where the page begins: taken from `next`.")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="At most 200 characters of your own. Sending the same key and body again gives "
    "the first answer and does nothing twice.",
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "description": "Where the manual explains this problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in words for people."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string", "nullable": True},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def paged[F: Callable[..., Any]](
    serializer: type[serializers.Serializer[Any]],
    *parameters: OpenApiParameter | type[serializers.Serializer[Any]],
    name: str = "",
) -> Callable[[F], F]:
    """Describe a `get` that answers with `cursor_page` of *serializer*'s rows.

    *parameters* are its own filters, or a serializer of them; `limit` and `cursor` are added.
    The operation is named after the serializer: `ChannelSerializer` makes `channel_list`. Where
    one serializer is for two lists, *name* (such as `Channel`) tells them apart.
    """
    name = name or serializer.__name__.removesuffix("Serializer")
    page = inline_serializer(
        f"{name}Page",
        {
            "results": serializer(many=True),
            "next": serializers.URLField(allow_null=True, help_text="The next page, or null."),
        },
    )
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return extend_schema(
        operation_id=f"{snake.strip('_')}_list",
        responses=page,
        parameters=[*parameters, LIMIT, CURSOR],
    )


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """How programs sign in."""

    target_class = "cxm.tenants.api_auth.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002 - drf-spectacular's signature
        """Describe the header."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key made under Settings, API keys. It belongs to one workspace.",
        }


class ApiGenerator(SchemaGenerator):
    """Makes the schema: adds to every operation its right, its summary and its refusals."""

    def parse(self, input_request: Any, public: Any) -> dict[str, Any]:
        """Give the operations by path and method."""
        paths: dict[str, Any] = super().parse(input_request, public)  # type: ignore[no-untyped-call]  # drf-spectacular
        endpoints: Any = self.endpoints  # (path, its pattern, method, view), whatever the stubs say
        for path, _, method, callback in endpoints:
            operation = paths.get(path, {}).get(method.lower())
            if operation:
                _complete(operation, getattr(callback.cls, "rights", {}).get(method.lower()))
        return paths

    def get_schema(self, request: Any = None, public: Any = False) -> dict[str, Any]:  # noqa: FBT002 - drf-spectacular's signature
        """Give the whole schema."""
        schema: dict[str, Any] = super().get_schema(request, public)  # type: ignore[no-untyped-call]  # drf-spectacular
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
        return schema


def _complete(operation: dict[str, Any], right: str | None) -> None:
    summary, _, rest = operation.get("description", "").partition("\n")
    operation.setdefault("summary", summary.strip())
    operation["description"] = rest.strip()
    if right:
        operation["x-right"] = str(right)
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    operation["responses"]["4XX"] = {
        "description": "The request was refused.",
        "content": {MEDIA_TYPE: problem},
    }


def operations(schema: dict[str, Any]) -> Sequence[tuple[str, str, dict[str, Any]]]:
    """List (path, METHOD, operation) of *schema* in the order of the paths."""
    return [
        (path, method.upper(), operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
