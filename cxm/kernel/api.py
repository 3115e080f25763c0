"""What every view of the JSON API shares: strict bodies, pages by cursor, repeatable posts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import ValidationError as FieldError
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from cxm.kernel.api_schema import IDEMPOTENCY_KEY
from cxm.kernel.queries import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from uuid import UUID

    from django.db.models import Field, Model, QuerySet
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

LIMIT, MOST = 50, 200
LONGEST_KEY = 200
NOT_OURS = "This cursor is not one of ours: take it from the link in `next`."
REPLAYED = "Idempotent-Replayed"


class StrictSerializer[T](serializers.Serializer[T]):
    """A serializer that refuses fields it does not read, by name."""

    def to_internal_value(self, data: Any) -> Any:
        """Clean *data*; raises ValidationError for unknown fields before anything else."""
        if isinstance(data, dict):
            readable = {str(field.field_name) for field in self._writable_fields}
            unknown = [str(name) for name in data if name not in readable]
            if unknown:
                known = ", ".join(sorted(readable))
                raise serializers.ValidationError({name: _unknown(known) for name in unknown})
        return super().to_internal_value(data)


class AnyFormat(DefaultContentNegotiation):
    """The address says the format: what the client would rather accept changes nothing."""

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 - DRF's signature
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002 - DRF's signature
    ) -> tuple[BaseRenderer, str]:
        """Write refusals as every refusal of the API."""
        first = next(iter(renderers))
        return first, str(first.media_type)


def cleaned(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Clean the body of *request*; raises ValidationError with an entry for every wrong field.

    For PATCH, fields that were not sent are absent from what comes out.
    """
    reader = serializer(data=request.data, partial=request.method == "PATCH")
    reader.is_valid(raise_exception=True)
    values: dict[str, Any] = reader.validated_data
    return values


def query_values(
    serializer: type[serializers.Serializer[Any]], query: Mapping[str, str]
) -> dict[str, Any]:
    """Clean the query string by *serializer*, `limit` and `cursor` aside.

    Raises ValidationError with an entry for every wrong or unknown parameter.
    """
    reader = serializer(
        data={name: query[name] for name in query if name not in {"limit", "cursor"}}
    )
    reader.is_valid(raise_exception=True)
    values: dict[str, Any] = reader.validated_data
    return values


def cursor_page(
    request: Request,
    rows: QuerySet[Any],
    serializer: type[serializers.Serializer[Any]],
    *,
    joined: Callable[[list[Any]], Sequence[Any]] = list,
) -> Response:
    """Answer with one page of *rows*: `{"results": […], "next": address or null}`. One query.

    *rows* must be ordered totally, by fields that are never null, ending with "pk": the page
    goes on after the last row shown, so rows that come or go meanwhile shift nothing. Of the
    query, `limit` (1 to 200, else 50) and `cursor` are read; wrong ones raise ValidationError.
    *joined* turns the page's rows into what *serializer* takes, in the same order.
    """
    order = _Order(rows)
    limit = _limit(request.query_params.get("limit", ""))
    cursor = request.query_params.get("cursor", "")
    shown = list((rows.filter(order.after(cursor)) if cursor else rows)[: limit + 1])
    following = None
    if len(shown) > limit:
        query = request.query_params.copy()
        query["cursor"] = order.cursor(shown[limit - 1])
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    results = serializer(joined(shown[:limit]), many=True, context={"request": request}).data
    return Response({"results": results, "next": following})


def list_page(
    request: Request, found: Sequence[Any], serializer: type[serializers.Serializer[Any]]
) -> Response:
    """Answer with one page of *found*, whose order is no column's, in the shape of `cursor_page`.

    The cursor counts what was shown: where *found* is another list by then, something may come
    twice or be left out. Raises ValidationError for a wrong `limit` or `cursor`.
    """
    limit = _limit(request.query_params.get("limit", ""))
    cursor = request.query_params.get("cursor", "")
    start = whole_number(cursor) if cursor else 0
    if start is None:
        raise serializers.ValidationError({"cursor": [NOT_OURS]})
    end, following = start + limit, None
    if end < len(found):
        query = request.query_params.copy()
        query["cursor"] = str(end)
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    results = serializer(found[start:end], many=True, context={"request": request}).data
    return Response({"results": results, "next": following})


class KeptAnswer(Protocol):
    """An answer that was given to a post with an idempotency key."""

    status: int
    body: Any


class AnswerBook(Protocol):
    """Where answers to posts with an idempotency key are kept; the app `work` has it."""

    def claim(self, *, tenant_id: UUID, actor_id: UUID, key: str, digest: str) -> Any:
        """Enter a post whose body has *digest*, in the transaction at hand.

        Gives the open entry, or a KeptAnswer; waits for a post with the same key that is under
        way. Raises ConflictError when the key was used with another body.
        """

    def keep(self, entry: Any, *, status: int, body: Any) -> None:
        """Write the answer into the open *entry*."""


class _Books:
    """The one answer book; set when the apps are ready."""

    book: AnswerBook


def keep_answers_in(book: AnswerBook) -> None:
    """Name the answer book that `idempotent` writes to."""
    _Books.book = book


def answer_book() -> AnswerBook:
    """Give the answer book."""
    return _Books.book


type Method = Callable[..., Response]


def idempotent(post: Method) -> Method:
    """Let a `post` of a TenantApiView be repeated safely with the header `Idempotency-Key`.

    The same key with the same body gets the answer of the first time, and nothing happens
    twice, however many arrive at once; with another body it gets 409. Keys are the caller's own
    (each key or person has theirs), at most 200 characters, and are kept for at least 24 hours.
    A refused post (400 and above) is not kept: it may be corrected and sent with the same key.
    Not for answers that hold a secret: they are stored as they are.
    """

    @wraps(post)
    def inner(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return post(self, request, *args, **kwargs)
        if len(key) > LONGEST_KEY or not key.isprintable():
            message = f"Use at most {LONGEST_KEY} characters, all of them visible."
            raise serializers.ValidationError({"Idempotency-Key": [message]})
        entry = _Books.book.claim(
            tenant_id=self.tenant.pk, actor_id=self.actor.pk, key=key, digest=_digest(request)
        )
        if entry.status:
            return Response(entry.body, status=entry.status, headers={REPLAYED: "true"})
        answer = post(self, request, *args, **kwargs)
        if answer.status_code < status.HTTP_400_BAD_REQUEST:
            body = json.loads(JSONRenderer().render(answer.data) or "null")
            _Books.book.keep(entry, status=answer.status_code, body=body)
        return answer

    described: Method = extend_schema(parameters=[IDEMPOTENCY_KEY])(inner)
    return described


def _digest(request: Request) -> str:
    plain = request._request  # noqa: SLF001 - the raw body must be read before DRF parses it
    head = f"{plain.method} {plain.get_full_path()}\n"
    return hashlib.sha256(head.encode() + plain.body).hexdigest()


def _unknown(known: str) -> list[exceptions.ErrorDetail]:
    message = f"There is no such field. Known fields: {known}."
    return [exceptions.ErrorDetail(message, code="unknown_field")]


def _limit(text: str) -> int:
    if not text:
        return LIMIT
    number = whole_number(text)
    if number is None or not 1 <= number <= MOST:
        raise serializers.ValidationError({"limit": [f"Use a whole number from 1 to {MOST}."]})
    return number


class _Order:
    """The total order of a queryset: its fields, and which of them run downwards."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        names = [str(name) for name in rows.query.order_by]
        self._keys = [(name.lstrip("-"), name.startswith("-")) for name in names]
        if not names or self._keys[-1][0] != "pk":
            message = f"{rows.model.__name__}: pages need a total order that ends with pk"
            raise ValueError(message)
        self._fields = [_field(rows.model, name) for name, _ in self._keys]

    def cursor(self, row: Any) -> str:
        """Write down where *row* stands."""
        values = [str(_value(row, name)) for name, _ in self._keys]
        return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    def after(self, cursor: str) -> Q:
        """Keep the rows behind *cursor*; raises ValidationError where it is none of ours."""
        values = self._read(cursor)
        behind, same = Q(), Q()
        for (name, is_descending), value in zip(self._keys, values, strict=True):
            beyond = Q(**{f"{name}__{'lt' if is_descending else 'gt'}": value})
            behind |= same & beyond
            same &= Q(**{name: value})
        first, is_descending = self._keys[0]
        # Said once more about the first field alone, so that its index can be entered there.
        return behind & Q(**{f"{first}__{'lte' if is_descending else 'gte'}": values[0]})

    def _read(self, cursor: str) -> list[Any]:
        try:
            texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            pairs = zip(self._fields, texts, strict=True)
            return [_read(field, text) for field, text in pairs]
        except (binascii.Error, ValueError, TypeError, FieldError, RecursionError) as error:
            raise serializers.ValidationError({"cursor": [NOT_OURS]}) from error


def _field(model: type[Model], path: str) -> Field[Any, Any]:
    """Find the column that *path* leads to; raises ValueError where a step may be null."""
    *steps, last = path.split("__")
    fields: list[Any] = []
    for step in steps:
        fields.append(model._meta.get_field(step))
        model = fields[-1].related_model
    fields.append(model._meta.pk if last == "pk" else model._meta.get_field(last))
    if any(field.null for field in fields):
        message = f"{model.__name__}: pages cannot be ordered by {path}, which may be null"
        raise ValueError(message)
    column: Field[Any, Any] = fields[-1]
    return column


def _read(field: Field[Any, Any], text: object) -> Any:
    """Read back what `cursor` wrote of a column; raises ValueError for what no row can hold."""
    if not isinstance(text, str) or "\0" in text:
        message = "a cursor holds texts, and no text of a row holds NUL"
        raise ValueError(message)
    text.encode()  # half a pair of surrogates cannot be sent to the database
    value = field.to_python(text)
    if isinstance(value, datetime) and value.utcoffset() is None:
        message = "a moment without its offset from UTC is none of ours"
        raise ValueError(message)
    return value


def _value(row: Any, path: str) -> Any:
    for step in path.split("__"):
        row = getattr(row, step)
    return row
