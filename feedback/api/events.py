"""Sending events through the JSON API: our own format, with an API key or a write key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from cxm.kernel.api import idempotent
from cxm.kernel.api_schema import ApiKeyScheme
from cxm.kernel.clock import now
from cxm.kernel.problems import TooLargeError
from cxm.tenants.api_auth import (
    ApiKeyAuthentication,
    KeyHolder,
    TenantApiView,
    TenantThrottle,
)
from cxm.tenants.rules import Right
from feedback.adapters.events.bodies import unpacked
from feedback.adapters.events.own import KINDS, TYPES, split_events
from feedback.adapters.events.parsed import BodyError, BodyTooLargeError
from feedback.adapters.events.parsing import LIMITS, OWN
from feedback.models import WriteKey
from feedback.rules.write_keys import PREFIX
from feedback.selectors.write_doors import write_door
from feedback.services.accepting import Delivery, api_source, note_use, store
from feedback.services.pacing import WAIT_SECONDS, is_too_fast

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema
    from rest_framework.authentication import BaseAuthentication
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from cxm.tenants.models import ApiKey, Membership
    from feedback.adapters.events.bodies import SplitBody
    from feedback.models import EventSource
    from feedback.selectors.write_doors import WriteDoor


class WriteKeyHolder(KeyHolder):
    """A program that showed a write key: it may send events to its source, and nothing else."""

    def __init__(self, door: WriteDoor) -> None:
        super().__init__(door.tenant_id, door.write_key_id)
        self.door = door


class SenderAuthentication(ApiKeyAuthentication):
    """An API key, or the write key of an event source in its place."""

    def _holder(self, text: str) -> KeyHolder:
        if not text.startswith(PREFIX):
            return super()._holder(text)
        door = write_door([text])
        if door is None:
            message = "This write key is not known, was revoked, or has run out."
            raise exceptions.AuthenticationFailed(message)
        return WriteKeyHolder(door)


class SenderThrottle(TenantThrottle):
    """For keys the limit of all event addresses: requests a second of a tenant, not of a key."""

    is_key = False

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Decide whether the sender may go on."""
        self.is_key = isinstance(request.user, KeyHolder)
        if not isinstance(request.user, KeyHolder):
            return super().allow_request(request, view)
        return not is_too_fast(request.user.tenant_id, now=now())

    def wait(self) -> float | None:
        """Say after how many seconds to come again."""
        return WAIT_SECONDS if self.is_key else super().wait()


class SenderScheme(ApiKeyScheme):  # type: ignore[no-untyped-call]  # registers itself
    """How senders sign in."""

    target_class = "feedback.api.events.SenderAuthentication"
    name = "apiKeyOrWriteKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Describe the header."""
        usual: dict[str, str] = super().get_security_definition(auto_schema)
        return {**usual, "description": "An API key, or the write key of an event source."}


class EventCustomer(serializers.Serializer[Any]):
    """Whom an event is about: at least one of these."""

    id = serializers.CharField(required=False, help_text="Your own number of the customer.")
    email = serializers.EmailField(required=False)
    phone = serializers.CharField(required=False)
    anonymous_id = serializers.CharField(required=False, help_text="The id of a browser or app.")
    device_id = serializers.CharField(required=False)


class EventShape(serializers.Serializer[Any]):
    """One event; what belongs to which type stands in docs/events.md."""

    type = serializers.ChoiceField(TYPES, default="track")
    id = serializers.CharField(required=False, help_text="Yours; the same id counts once.")
    customer = EventCustomer(required=False)
    event = serializers.CharField(required=False, help_text="What happened, such as “Order paid”.")
    at = serializers.DateTimeField(required=False, help_text="When; absent: now.")
    kind = serializers.ChoiceField(KINDS, default="event")
    touchpoint = serializers.CharField(required=False, help_text="Its key; absent: rules decide.")
    channel = serializers.CharField(required=False, help_text="Its key.")
    properties = serializers.DictField(required=False)
    traits = serializers.DictField(required=False, help_text="For identify and group.")
    company = serializers.CharField(required=False, help_text="For group: the company's own id.")
    previous_id = serializers.CharField(required=False, help_text="For alias.")


class EventsBody(serializers.Serializer[Any]):
    """Events to send."""

    events = EventShape(many=True)
    source = serializers.CharField(  # type: ignore[assignment]  # a field, not DRF's attribute
        required=False, help_text="The key of an event source; absent: the API's own."
    )
    sent_at = serializers.DateTimeField(required=False, help_text="Corrects a clock that is off.")


class EventsAccepted(serializers.Serializer[Any]):
    """What was taken in."""

    accepted = serializers.IntegerField(help_text="Events stored; they are loaded in a moment.")
    inbox = serializers.UUIDField(help_text="The stored body.")


class EventsView(TenantApiView):
    """Events."""

    rights = {"post": Right.SEND_EVENTS}
    authentication_classes: list[type[BaseAuthentication]] = [
        SenderAuthentication,
        *TenantApiView.authentication_classes[1:],
    ]
    throttle_classes = [SenderThrottle]

    @extend_schema(operation_id="events_send", request=EventsBody, responses={200: EventsAccepted})
    @idempotent
    def post(self, request: Request) -> Response:
        """Send events: stored at once, loaded in a moment, each id once.

        A bad event is refused alone and listed with its source; the others load. At most 4 MB,
        also packed with gzip; 32 KB an event.
        """
        body = _body(request)
        split = _split(body)
        source = self._source(split)
        delivery = Delivery(
            adapter=OWN,
            path=request.path,
            body=body,
            headers=request.headers,
        )
        inbox_id = store(source=source, delivery=delivery, now=now())
        return Response({"accepted": len(split.items), "inbox": str(inbox_id)})

    def actor_may(self, right: Right) -> bool:
        """Decide whether the key or the member at hand has *right*; a write key may just send."""
        if isinstance(self.actor, WriteKey):
            return right is Right.SEND_EVENTS
        return super().actor_may(right)

    def _actor(self, request: Request) -> Membership | ApiKey:
        if not isinstance(request.user, WriteKeyHolder):
            return super()._actor(request)
        door = request.user.door
        note_use(door, now())
        keys = WriteKey.objects.for_tenant(door.tenant_id)
        key = keys.select_related("tenant", "event_source").get(pk=door.write_key_id)
        # It stands where a key stands: it has an id and a tenant, and the rights asked for above.
        return cast("ApiKey", key)

    def _source(self, split: SplitBody) -> EventSource:
        named = split.fields.get("source")
        if named is not None and not isinstance(named, str):
            raise serializers.ValidationError({"source": ["Give the source's key as text."]})
        if not isinstance(self.actor, WriteKey):
            return api_source(tenant=self.tenant, key=named or "", now=now())
        source: EventSource = self.actor.event_source
        if named not in {None, "", source.key}:
            message = f"This write key sends to “{source.key}” alone: leave `source` out."
            raise serializers.ValidationError({"source": [message]})
        return source


@extend_schema_view(post=extend_schema(operation_id="events_send_slash"))
class EventsSlashView(EventsView):
    """The same address with a slash at its end: a redirect would lose what is sent."""


def _body(request: Request) -> bytes:
    plain = request._request  # noqa: SLF001 - the body is stored as it came, before it is read
    if int(plain.META.get("CONTENT_LENGTH") or 0) > LIMITS[OWN]:
        raise TooLargeError
    return plain.body


def _split(body: bytes) -> SplitBody:
    try:
        return split_events(unpacked(body, limit=LIMITS[OWN]))
    except BodyTooLargeError as error:
        raise TooLargeError from error
    except BodyError as error:
        if error.code == "bad_json":
            raise exceptions.ParseError(error.message) from error
        raise serializers.ValidationError({"events": [error.message]}) from error


api_urls = [
    path("events", EventsView.as_view()),
    path("events/", EventsSlashView.as_view()),
]
