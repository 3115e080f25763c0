"""Every route of the product, and a world of two tenants to try them on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from cxm.customers.models import (
    AttributeDef,
    Company,
    Customer,
    CustomerMerge,
    MergeProposal,
    Panel,
    Promise,
)
from cxm.kernel.ids import new_id
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import ApiKey, Membership, TenantOwned
from cxm.tenants.rules import Right, Role
from cxm.tenants.services import create_api_key, invite
from cxm.work.models import Batch, Job, Outbox
from feedback.models import Import, ImportRecipe, Inbox, Rating, Survey, Verbatim
from feedback.services.event_sources import create_source
from tests import make
from tests.architecture import planted_documents
from tests.architecture.planted_documents import plant_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from cxm.tenants.models import Tenant

PLANTED = planted_documents.PLANTED
METHODS = ("get", "post", "patch", "put", "delete")
# Where event clients send to, with and without a slash: a write key tells the tenant.
INGEST_ROUTES = (
    *("v1/identify", "v1/track", "v1/page", "v1/screen", "v1/group", "v1/alias", "v1/batch"),
    *("v1/i", "v1/t", "v1/p", "v1/s", "v1/g", "v1/a", "v1/b", "v1/merge", "v1/import"),
    *("batch", "capture", "e", "i/v0/e", "decide", "flags"),
)
# What programs written for Delighted speak: a key tells the tenant, and one survey of it.
DELIGHTED_ROUTES = (
    "people",
    "people/(?P<person>[^/]{1,300})/survey_requests/pending",
    "people/(?P<person>[^/]{1,300}?)",
    "survey_responses",
    "survey_responses/(?P<response>[0-9A-Za-z-]{1,60})",
    "metrics",
    "unsubscribes",
    "bounces",
    "autopilot/(?P<platform>email|sms)",
    "autopilot/(?P<platform>email|sms)/memberships",
)
# Routes that are no tenant's: who signs in, who joins, what is the same for everybody.
PUBLIC_ROUTES = frozenset(
    {
        "",
        "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "accounts/inactive/",
        "accounts/login/",
        "accounts/login/code/confirm/",
        "accounts/logout/",
        "accounts/password/change/",
        "accounts/password/reset/",
        "accounts/password/reset/done/",
        "accounts/password/reset/key/done/",
        "accounts/password/set/",
        "accounts/reauthenticate/",
        "accounts/signup/",
        "api/docs/",
        "api/schema/",
        "api/v1/schemas/cxmap-1.json",
        "health/",
        "help/terms",
        "invitations/<str:token>/",
        "invitations/<str:token>/join/",
        "panel/<str:token>",
        "stop/<slug:slug>/<str:token>/",
        "q/<slug:slug>/<str:public_id>/",
        "q/<slug:slug>/<str:public_id>/<str:token>/",
        "q/<slug:slug>/<str:public_id>/embed/",
        "q/<slug:slug>/pictures/<uuid:survey_id>/<uuid:asset_id>/",
        "q/<slug:slug>/themes/<uuid:theme_id>/<str:version>.css",
        "q/<slug:slug>/themes/<uuid:theme_id>/<str:version>.logo",
        "s/<str:token>",
        "s/<str:token>/pictures/<uuid:asset_id>",
        "webhooks/in/<slug:address>",
        "webhooks/in/<slug:address>/",
        "workspaces/",
        "you/name/",
    }
) | {
    *(f"{route}{slash}" for route in INGEST_ROUTES for slash in ("", "/")),
    *(rf"^v1/{route}(?:\.json)?/?$" for route in DELIGHTED_ROUTES),
}


@dataclass(frozen=True)
class Route:
    """A path with its arguments, and the rights that it names by method ("" for a page)."""

    path: str
    view: Callable[..., Any]

    @property
    def is_api(self) -> bool:
        """Say whether programs use it."""
        return self.path.startswith("api/v1/") and self.path not in PUBLIC_ROUTES

    @property
    def is_of_a_tenant(self) -> bool:
        """Say whether it shows what belongs to a tenant."""
        return self.is_api or "<slug:tenant_slug>" in self.path

    @property
    def arguments(self) -> list[str]:
        """The names of the arguments in the path, the tenant's slug aside."""
        names = re.findall(r"<(?:\w+:)?(\w+)>", self.path)
        return [name for name in names if name != "tenant_slug"]

    @property
    def rights(self) -> dict[str, Right]:
        """The right of each method; of pages, of both."""
        if self.is_api:
            rights: dict[str, Right] = vars(self.view)["cls"].rights
            return rights
        right = getattr(self.view, "required_right", None)
        return {"get": right, "post": right} if right else {}

    def url(self, slug: str, values: dict[str, Any]) -> str:
        """Give the address with *values* for the arguments; raises KeyError for unknown ones."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            return slug if name == "tenant_slug" else str(values[name])

        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, self.path)


def every_route() -> list[Route]:
    """List every route of the URL configuration."""
    return [Route(path, view) for path, view in _walk(get_resolver().url_patterns)]


def tenant_routes() -> list[Route]:
    """List the routes that show what belongs to a tenant."""
    return [route for route in every_route() if route.is_of_a_tenant]


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, Callable[..., Any]]]:
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, path)
        else:
            yield path, entry.callback


@dataclass
class World:
    """Two tenants: a stranger's own, and a foreign one full of planted rows.

    *ids* holds, for every argument that a path may have, the id of a planted row.
    """

    mine: Tenant
    owner: Membership
    foreign: Tenant
    ids: dict[str, Any] = field(default_factory=dict)


def world() -> World:
    """Make the two tenants."""
    owner = make.member(role=Role.OWNER)
    foreign = make.tenant(name=f"{PLANTED} tenant")
    made = World(mine=owner.tenant, owner=owner, foreign=foreign)
    make.touchpoint(of=owner.tenant, title="My own")
    make.load(make.record(9, comment="My own words"), of=owner.tenant)
    _plant(made)
    return made


def _plant(made: World) -> None:
    foreign, ids = made.foreign, made.ids
    member = make.member(of=foreign, role=Role.OWNER, email="planted@planted.example")
    [response] = make.load(
        make.record(
            3,
            touchpoint="planted-touchpoint",
            channel="planted-channel",
            survey="planted-survey",
            customer="PLANTED-customer",
            comment=f"{PLANTED} words",
        ),
        of=foreign,
    )
    with tenant_bound(foreign.pk):
        metric = Metric.objects.for_tenant(foreign).get(key="nps")
        metric.pk, metric.key, metric.title = new_id(), "planted-metric", f"{PLANTED} metric"
        metric.save(force_insert=True)
        rating = Rating.objects.for_tenant(foreign).get(response=response)
        survey = Survey.objects.for_tenant(foreign).get(pk=response.survey_id)
        survey.title = f"{PLANTED} survey"
        survey.save(update_fields=["title"])
        batch = Batch.objects.for_tenant(foreign).get()
        job = Job.objects.create(
            tenant=foreign, kind="planted", title=f"{PLANTED} job", created_at=make.NOW
        )
        parked = Outbox.objects.create(
            tenant=foreign,
            task="planted",
            due_at=make.NOW,
            state=Outbox.State.PARKED,
            error=f"{PLANTED} error",
        )
        upload = Import.objects.create(
            tenant=foreign,
            file_name=f"{PLANTED}.csv",
            file_path="planted",
            bytes=1,
            sha256="0" * 64,
            created_at=make.NOW,
        )
        recipe = ImportRecipe.objects.create(
            tenant=foreign,
            name=f"{PLANTED} recipe",
            mapping={},
            signature="0" * 64,
            created_at=make.NOW,
        )
        inbox = Inbox.objects.create(
            tenant=foreign,
            source="planted",
            adapter="planted",
            delivery_key="planted",
            received_at=make.NOW,
            body=PLANTED.encode(),
            sha256="0" * 64,
        )
        invitation, _ = invite(
            tenant=foreign,
            email="planted-guest@planted.example",
            role=Role.VIEWER,
            by=member,
            now=make.NOW,
        )
        key, _ = create_api_key(
            tenant=foreign, name=f"{PLANTED} key", rights=[Right.COMMENT], by=member, now=make.NOW
        )
        source, write_key, _ = create_source(
            tenant=foreign, title=f"{PLANTED} source", by=member, now=make.NOW
        )
        company = Company.objects.create(
            tenant=foreign,
            name=f"{PLANTED} company",
            external_id="planted",
            attributes={"plan": PLANTED},
            changed_at=make.NOW,
        )
        attribute = AttributeDef.objects.create(
            tenant=foreign, key="planted", title=f"{PLANTED} attribute"
        )
        assert response.customer_id
        promise = Promise.objects.create(
            tenant=foreign,
            customer_id=response.customer_id,
            text=f"{PLANTED} promise",
            due_at=make.NOW,
            made_at=make.NOW,
        )
        panel = Panel.objects.create(
            tenant=foreign,
            title=f"{PLANTED} panel",
            origins=["https://planted.example"],
            created_at=make.NOW,
        )
        verbatim = Verbatim.objects.for_tenant(foreign).get(response=response)
    touchpoint = make.touchpoint(of=foreign, key="planted-again", title=f"{PLANTED} touchpoint")
    channel = make.channel(of=foreign, key="planted-too", title=f"{PLANTED} channel")
    ids |= {
        "api_key_id": key.pk,
        "attribute_id": attribute.pk,
        "batch_id": batch.pk,
        "channel_id": channel.pk,
        "company_id": company.pk,
        "customer_id": response.customer_id,
        "day": make.NOW.date().isoformat(),
        "event_source_id": source.pk,
        "import_id": upload.pk,
        "inbox_id": inbox.pk,
        "interaction_id": response.interaction_id,
        "invitation_id": invitation.pk,
        "job_id": job.pk,
        "membership_id": member.pk,
        "metric_id": metric.pk,
        "metric_key": metric.key,
        "panel_id": panel.pk,
        "parked_id": parked.pk,
        "promise_id": promise.pk,
        "question_id": new_id(),
        "choice_id": new_id(),
        "position": 0,
        "rating_id": rating.pk,
        "recipe_id": recipe.pk,
        "response_id": response.pk,
        "rule_id": make.rule("PLANTED name", to=touchpoint).pk,
        "seq": 1,
        "segment_key": make.segment(
            of=foreign, title=f"{PLANTED} segment", key="planted-segment"
        ).key,
        "survey_id": survey.pk,
        "touchpoint_id": touchpoint.pk,
        "verbatim_id": verbatim.pk,
        "write_key_id": write_key.pk,
    }
    ids |= _plant_pair(foreign, ids["customer_id"]) | plant_documents(member)


def _plant_pair(foreign: Tenant, customer_id: UUID) -> dict[str, UUID]:
    """Plant a customer with another merged into them, and the question who else they are."""
    with tenant_bound(foreign.pk):
        pk = new_id()
        other = Customer.objects.create(
            pk=pk, tenant=foreign, root_id=pk, display_name=f"{PLANTED} twin"
        )
        absorbed = Customer.objects.create(tenant=foreign, root=other, email="planted@x.example")
        merge = CustomerMerge.objects.create(
            tenant=foreign, survivor=other, absorbed=absorbed, rule="person", at=make.NOW
        )
        first, second = sorted((pk, customer_id))
        proposal = MergeProposal.objects.create(
            tenant=foreign, first_id=first, second_id=second, reason="conflict", at=make.NOW
        )
    return {"merge_id": merge.pk, "proposal_id": proposal.pk}


def foreign_rows(made: World) -> dict[str, list[Any]]:
    """Read every row of the foreign tenant, as itself, by model."""
    rows: dict[str, list[Any]] = {}
    with tenant_bound(made.foreign.pk):
        for model in apps.get_models():
            if issubclass(model, TenantOwned):
                found = model.objects.for_tenant(made.foreign).order_by("pk").values_list()
                rows[model._meta.label] = list(found)
    return rows


def key_of(tenant: Tenant, rights: list[Right], *, is_revoked: bool = False) -> str:
    """Make an API key of *tenant*; give its text."""
    key, text = make.api_key(of=tenant, rights=rights)
    if is_revoked:
        with tenant_bound(tenant.pk):
            ApiKey.objects.for_tenant(tenant).filter(pk=key.pk).update(revoked_at=make.NOW)
    return text


def text_of(answer: Any) -> str:
    """Give all that *answer* carries: its body, streamed or not, and its headers."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace") + repr(dict(answer.headers))
