from __future__ import annotations

from django.apps import AppConfig

from cxm.kernel.holes import holes
from cxm.kernel.navigation import Entry, Group, navigation


class AnalyticsConfig(AppConfig):
    name = "analytics"
    label = "analytics"

    def ready(self) -> None:
        """Name the overview in the sidebar and the effects, and fill holes of lower apps."""
        import analytics.tasks  # noqa: F401, PLC0415 - apps must be loaded first
        from analytics.selectors import customer_scores  # noqa: PLC0415
        from analytics.selectors.persona_stats import persona_stats  # noqa: PLC0415
        from analytics.views import holes as fillings  # noqa: PLC0415
        from analytics.views import persona_holes  # noqa: PLC0415
        from cxm.kernel.context_parts import ContextPart, context_parts  # noqa: PLC0415
        from cxm.kernel.segment_stats import segment_stats  # noqa: PLC0415
        from cxm.tenants.rules import Right  # noqa: PLC0415

        navigation.register(
            Entry(
                "overview",
                "Overview",
                "layout-dashboard",
                "analytics:overview",
                Group.METRICS,
                Right.SEE_FIGURES,
                rank=10,
                letter="o",
                is_on_bottom_bar=True,
            )
        )
        holes.fill("segment-figures", fillings.segment_figures)
        holes.fill("segment-scores", fillings.segment_row_scores)
        holes.fill("company-scores", fillings.company_scores)
        holes.fill("persona-channels", persona_holes.persona_channels)
        holes.fill("persona-comparison", persona_holes.persona_comparison)
        holes.fill("persona-figures", persona_holes.persona_figures)
        holes.fill("persona-metric", persona_holes.persona_metric)
        holes.fill("persona-quotes", persona_holes.persona_quotes)
        holes.fill("survey-figures", fillings.survey_figures)
        holes.fill("touchpoint-figures", fillings.touchpoint_figures)
        holes.fill("touchpoint-row-answers", fillings.touchpoint_row_answers)
        holes.fill("customer-scores", fillings.customer_scores)
        segment_stats.register(persona_stats)
        context_parts.register(
            ContextPart("scores", customer_scores.customer_scores, customer_scores.scores_json)
        )
