"""What the JSON API does alike with channels and touchpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import cleaned, idempotent
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from cxm.touchpoints import services
from cxm.touchpoints.api.shapes import MergeBody
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.touchpoints.selectors import merge_targets

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

READ, WRITE = Right.SEE_REGISTRIES, Right.EDIT_REGISTRIES


class RegistryView(TenantApiView):
    """A view of one kind of row; the address names it by the only argument."""

    rights = {"post": WRITE}
    model: ClassVar[type[Channel] | type[Touchpoint]]
    shape: ClassVar[type[serializers.Serializer[Any]]]

    def row(self, row_id: UUID) -> Channel | Touchpoint:
        """Load a row with what its shape shows; raises Http404."""
        shown = ["merged_into"] if self.model is Channel else ["merged_into", "channel"]
        rows = self.model.objects.for_tenant(self.tenant).select_related(*shown)
        found: Any = get_object_or_404(rows, pk=row_id)
        row: Channel | Touchpoint = found
        return row

    def answer(self, row_id: UUID, *, status: int = 200) -> Response:
        """Show a row as it stands now."""
        return Response(self.shape(self.row(row_id)).data, status=status)


class ArchiveView(RegistryView):
    """Taking off the lists."""

    @idempotent
    def post(self, _request: Request, **address: UUID) -> Response:
        """Take it off the lists; its numbers stay."""
        return self._archived(*address.values(), is_archived=True)

    def _archived(self, row_id: UUID, *, is_archived: bool) -> Response:
        row = self.row(row_id)
        services.archive_registered(row=row, is_archived=is_archived, by=self.actor, now=now())
        return self.answer(row_id)


class RestoreView(ArchiveView):
    """Coming back."""

    @idempotent
    def post(self, _request: Request, **address: UUID) -> Response:
        """Bring it back to the lists."""
        return self._archived(*address.values(), is_archived=False)


class MergeView(RegistryView):
    """Merging."""

    @idempotent
    def post(self, request: Request, **address: UUID) -> Response:
        """Count it as another from now on, in all numbers, past ones too."""
        [row_id] = address.values()
        row, wanted = self.row(row_id), cleaned(MergeBody, request)["into"]
        into = merge_targets(row).filter(pk=wanted).first()
        if into is None:
            message = "This is no live row of the registry, or the one to be merged."
            raise serializers.ValidationError({"into": [message]})
        services.merge_registered(row=row, into=into, by=self.actor, now=now())
        return self.answer(row_id)


class UnmergeView(RegistryView):
    """Taking a merge back."""

    @idempotent
    def post(self, _request: Request, **address: UUID) -> Response:
        """Let it stand for itself again, as before it was merged."""
        [row_id] = address.values()
        services.unmerge_registered(row=self.row(row_id), by=self.actor)
        return self.answer(row_id)
