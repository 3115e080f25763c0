"""What analytics shows on the pages of personas: numbers and words of the members of a segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.template.loader import render_to_string

from analytics.selectors.persona_numbers import channel_mixes, persona_scores, persona_sizes
from analytics.selectors.persona_quotes import segment_quotes
from analytics.views.asking import viewer_of
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpRequest

    from analytics.selectors.figures import Viewer
    from analytics.selectors.persona_numbers import ChannelMix, Size
    from cxm.metrics.figures import Figure
    from cxm.tenants.access import TenantRequest
    from personas.models import Persona

_SIZE = "_persona_size"


@dataclass(frozen=True, slots=True)
class _Column:
    """The numbers of one persona of several; without a segment it has none."""

    persona: Persona
    size: Size | None = None
    figures: Sequence[Figure] = ()
    mix: ChannelMix | None = None


def persona_figures(request: HttpRequest, subject: object) -> str:
    """Show how many a persona (*subject*, bound to a segment) stands for, and how they score."""
    asked, persona = cast("TenantRequest", request), cast("Persona", subject)
    viewer, segment_id = viewer_of(asked), cast("UUID", persona.segment_id)
    context = {
        "size": _size(asked, viewer, segment_id),
        "figures": persona_scores(viewer, [segment_id]).get(segment_id, []),
        "persona": persona,
        "may_see_customers": asked.may(Right.SEE_CUSTOMERS),
        "may_cite": asked.may(Right.EDIT_JOURNEYS) and persona.archived_at is None,
    }
    return render_to_string("analytics/_persona_figures.html", context, request)


def persona_metric(request: HttpRequest, subject: object) -> str:
    """Show one score of theirs; *subject* is a pair: the id of the segment, the metric's key."""
    viewer = viewer_of(cast("TenantRequest", request))
    segment_id, key = cast("tuple[UUID, str]", subject)
    figures = persona_scores(viewer, [segment_id], only=key).get(segment_id, [])
    return render_to_string("analytics/_persona_metric.html", {"figures": figures}, request)


def persona_channels(request: HttpRequest, subject: object) -> str:
    """Show through which channels they had contact; *subject* is the id of the segment."""
    asked = cast("TenantRequest", request)
    viewer, segment_id = viewer_of(asked), cast("UUID", subject)
    context = {
        "mix": channel_mixes(viewer, [segment_id]).get(segment_id),
        "size": _size(asked, viewer, segment_id),
        "may_see_customers": asked.may(Right.SEE_CUSTOMERS),
    }
    return render_to_string("analytics/_persona_channels.html", context, request)


def persona_quotes(request: HttpRequest, subject: object) -> str:
    """Show what some of them wrote, where their number may be told; *subject* is as above."""
    asked = cast("TenantRequest", request)
    viewer, segment_id = viewer_of(asked), cast("UUID", subject)
    size = _size(asked, viewer, segment_id)
    quotes = segment_quotes(viewer, segment_id) if size and size.size else []
    return render_to_string("analytics/_persona_quotes.html", {"quotes": quotes}, request)


def persona_comparison(request: HttpRequest, subject: object) -> str:
    """Show the numbers of several personas (*subject*) as rows of a table, one column each."""
    asked, personas = cast("TenantRequest", request), cast("Sequence[Persona]", subject)
    viewer = viewer_of(asked)
    ids = [one.segment_id for one in personas if one.segment_id]
    sizes, scores = persona_sizes(viewer, ids), persona_scores(viewer, ids)
    mixes = channel_mixes(viewer, ids)
    columns = [
        _Column(one, sizes.get(pk), scores.get(pk, []), mixes.get(pk)) if pk else _Column(one)
        for one, pk in ((one, one.segment_id) for one in personas)
    ]
    titles = next(([one.title for one in figures] for figures in scores.values()), [])
    context = {
        "columns": columns,
        "scores": [
            (title, [one.figures[place] if one.figures else None for one in columns])
            for place, title in enumerate(titles)
        ],
        "may_see_customers": asked.may(Right.SEE_CUSTOMERS),
    }
    return render_to_string("analytics/_persona_comparison.html", context, request)


def _size(request: TenantRequest, viewer: Viewer, segment_id: UUID) -> Size | None:
    """Read the size of a segment once for all parts of a page; None where it is archived."""
    known: dict[UUID, Size | None] = getattr(request, _SIZE, {})
    if segment_id not in known:
        known[segment_id] = persona_sizes(viewer, [segment_id]).get(segment_id)
        setattr(request, _SIZE, known)
    return known[segment_id]
