"""The figures of a persona's page as evidence: what is shown there, in one line each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from analytics.rules.citing import figure_line
from analytics.selectors.persona_numbers import persona_scores
from cxm.collaboration.rules.evidence import LONGEST_SOURCE
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.collaboration.services.evidence import Observation

if TYPE_CHECKING:
    from analytics.selectors.figures import Viewer
    from personas.models import Persona


def figure_seen(
    viewer: Viewer, persona: Persona, metric_key: str, *, polarity: Polarity = Polarity.SUPPORTS
) -> Observation | None:
    """Give the figure of a metric that *persona*'s page shows, as an observation; None for none.

    What is hidden there, or has no answers, is not given. *persona* has its segment at hand. Six
    queries, as for the page.
    """
    segment = persona.segment
    if segment is None:
        return None
    scores = persona_scores(viewer, [segment.pk], only=metric_key)
    figure = next(iter(scores.get(segment.pk, [])), None)
    # A figure that is hidden has no value.
    if figure is None or figure.value is None:
        return None
    last_on = viewer.today
    if figure.end_on is not None:
        last_on = min(last_on, figure.end_on - timedelta(days=1))
    first_on = figure.start_on or last_on
    return Observation(
        kind=EvidenceKind.METRIC,
        polarity=polarity,
        source_label=f"{figure.title}, segment {segment.title}"[:LONGEST_SOURCE],
        observed_on=last_on,
        excerpt=figure_line(figure, first_on=first_on, last_on=last_on, segment=segment.title),
        subjects=figure.n,
    )
