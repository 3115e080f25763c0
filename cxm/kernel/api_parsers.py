"""How bodies sent to the JSON API are read: of a bounded size, and refused in words."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from rest_framework import exceptions, parsers

if TYPE_CHECKING:
    from collections.abc import Mapping


class BoundedJSONParser(parsers.JSONParser):
    """Reads JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes, nested no deeper than Python can.

    Why not DRF's own: it reads a body of any size into memory, and fails where one is nested
    thousands deep.
    """

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        """Give the value in *stream*.

        Raises ParseError for what is no JSON, and Django's RequestDataTooBig.
        """
        # Django refuses a long body here, by its announced length, before a byte is read.
        body = stream.body if isinstance(stream, HttpRequest) else stream.read()
        try:
            value = json.loads(body, parse_constant=_refuse, parse_float=_number)
            if b"\\u" in body:  # half a pair of surrogates is no text: nothing could answer with it
                json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            message = f"This is not JSON: {error}"
            raise exceptions.ParseError(message) from error
        return value


def _refuse(constant: str) -> None:
    message = f"{constant} is no number of JSON"
    raise ValueError(message)


def _number(text: str) -> float:
    """Refuse what is too large: Python would read it as infinity, and write that as nothing."""
    value = float(text)
    if math.isinf(value):
        message = "a number is too large"
        raise ValueError(message)
    return value
