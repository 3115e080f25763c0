"""The door of the API: keys of programs, sessions of people, one tenant a request."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.http import Http404
from rest_framework import authentication, exceptions, status, throttling
from rest_framework.views import APIView

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import ApiKey, Membership, Tenant
from cxm.tenants.rules import Right, may
from cxm.tenants.selectors import door_to, key_door
from cxm.tenants.services import token_hash

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rest_framework.request import Request
    from rest_framework.response import Response

    from cxm.accounts.models import User

KEY_PARTS = 3
USED_EVERY_SECONDS = 60


class KeyHolder:
    """A program that showed a valid key: authenticated, but not a person."""

    is_authenticated = True
    is_active = True

    def __init__(self, tenant_id: UUID, api_key_id: UUID) -> None:
        self.pk = api_key_id
        self.tenant_id = tenant_id
        self.api_key_id = api_key_id


def key_holder(text: str) -> KeyHolder | None:
    """Give who holds the key `cxm_…`; None for one that is not known. See `live_key`."""
    parts = text.split("_", KEY_PARTS - 1)
    door = key_door(parts[1]) if len(parts) == KEY_PARTS and parts[0] == "cxm" else None
    if door is None or not hmac.compare_digest(token_hash(parts[2]), door.secret_hash):
        return None
    return KeyHolder(door.tenant_id, door.api_key_id)


def live_key(holder: KeyHolder, *, now: datetime) -> ApiKey | None:
    """Give the key of *holder*, and note its use at most once a minute; bound to its tenant.

    None for one that was revoked or has run out.
    """
    keys = ApiKey.objects.for_tenant(holder.tenant_id)
    key = keys.select_related("tenant").get(pk=holder.api_key_id)
    if key.revoked_at or (key.expires_at and key.expires_at <= now):
        return None
    last = key.last_used_at
    if last is None or (now - last).total_seconds() > USED_EVERY_SECONDS:
        keys.filter(pk=key.pk).update(last_used_at=now)
    return key


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer cxm_…` or `X-Api-Key: cxm_…`."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, str] | None:
        """Give the holder of the key; None without one; AuthenticationFailed for a wrong one."""
        text = request.headers.get("X-Api-Key", "")
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if not text and scheme.lower() == "bearer":
            text = bearer
        if not text:
            return None
        return self._holder(text.strip()), text

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """Say how to authenticate, so that a refusal is 401."""
        return "Bearer"

    def _holder(self, text: str) -> KeyHolder:
        holder = key_holder(text)
        if holder is None:
            message = "This API key is not known."
            raise exceptions.AuthenticationFailed(message)
        return holder


class TenantThrottle(throttling.SimpleRateThrottle):
    """So many requests a minute for each key or person; answered with Retry-After."""

    scope = "tenant"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002 - DRF's signature
        """Count by key or person, else by address."""
        return f"throttle:{getattr(request.user, 'pk', None) or self.get_ident(request)}"


class TenantApiView(APIView):
    """Base of every API view of a tenant.

    Declares `rights = {"get": Right.…, "post": Right.…}`. The tenant is the key's own, or the
    one in the header `X-Tenant` for a person's session. Each method runs in one transaction
    bound to the tenant, rolled back for answers of 400 and above.
    """

    authentication_classes = [ApiKeyAuthentication, authentication.SessionAuthentication]
    throttle_classes = [TenantThrottle]
    rights: dict[str, Right] = {}
    tenant: Tenant
    actor: Membership | ApiKey

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Run the method inside the tenant; strangers and missing rights get 404 and 403."""
        self.args, self.kwargs = args, kwargs
        wrapped = self.initialize_request(request, *args, **kwargs)
        self.request, self.headers = wrapped, self.default_response_headers
        try:
            self.initial(wrapped, *args, **kwargs)
            with tenant_bound(self._tenant_id(wrapped)):
                answer = self._run(wrapped, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - DRF turns what it knows into answers
            answer = self.handle_exception(error)
        self.response = self.finalize_response(wrapped, answer, *args, **kwargs)
        return self.response

    def actor_may(self, right: Right) -> bool:
        """Decide whether the key or the member at hand has *right*."""
        if isinstance(self.actor, ApiKey):
            return right in self.actor.rights
        return may(self.actor.role, right)

    def _tenant_id(self, request: Request) -> UUID:
        if isinstance(request.user, KeyHolder):
            return request.user.tenant_id
        slug, person = request.headers.get("X-Tenant", ""), cast("User", request.user)
        door = door_to(slug, person.pk)
        if door is None:
            raise Http404
        return door.tenant_id

    def _run(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        method = (request.method or "").lower()
        self.actor = self._actor(request)
        self.tenant = self.actor.tenant
        # Only what names its right runs: a method's name comes from outside.
        run = self.http_method_not_allowed
        if method in self.rights:
            if not self.actor_may(self.rights[method]):
                raise exceptions.PermissionDenied
            run = getattr(self, method)
        try:
            answer: Response = run(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - answered inside, so that it rolls back
            answer = self.handle_exception(error)
        if answer.status_code >= status.HTTP_400_BAD_REQUEST:
            transaction.set_rollback(True)
        return answer

    def _actor(self, request: Request) -> Membership | ApiKey:
        if not isinstance(request.user, KeyHolder):
            return (
                Membership.objects.for_tenant(self._tenant_id(request))
                .select_related("tenant", "user")
                .get(user_id=cast("User", request.user).pk, is_active=True)
            )
        key = live_key(request.user, now=now())
        if key is None:
            message = "This API key was revoked or has run out."
            raise exceptions.AuthenticationFailed(message)
        return key
