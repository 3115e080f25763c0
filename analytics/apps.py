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
        from analytics.selectors import customer_scores, repeat_buyer, risk_flag  # noqa: PLC0415
        from analytics.views import event_log, map_holes, persona_holes  # noqa: PLC0415
        from analytics.views import holes as fillings  # noqa: PLC0415
        from cxm.kernel.context_parts import ContextPart, context_parts  # noqa: PLC0415
        from cxm.tenants.rules import Right  # noqa: PLC0415

        _tell_people_and_systems()
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
            ),
            Entry(
                "dashboards",
                "Dashboards",
                "columns-3",
                "analytics:dashboard-list",
                Group.METRICS,
                Right.SEE_FIGURES,
                rank=11,
            ),
            Entry(
                "churn",
                "Churn",
                "log-out",
                "analytics:churn",
                Group.METRICS,
                Right.SEE_FIGURES,
                rank=12,
            ),
            Entry(
                "drivers",
                "Drivers",
                "gauge",
                "analytics:drivers",
                Group.METRICS,
                Right.SEE_RESPONSES,
                rank=13,
            ),
            Entry(
                "risk",
                "Risk",
                "trending-down",
                "analytics:risk",
                Group.METRICS,
                Right.SEE_FIGURES,
                rank=12,
                under="churn",
            ),
            Entry(
                "repeat-customers",
                "Repeat customers",
                "store",
                "analytics:repeat-customers",
                Group.METRICS,
                Right.SEE_FIGURES,
                rank=13,
                under="churn",
            ),
            Entry(
                "annotations",
                "What happened",
                "flag",
                "analytics:annotation-list",
                Group.METRICS,
                Right.SEE_FIGURES,
                rank=17,
                under="dashboards",
            ),
            Entry(
                "strategy",
                "Strategy",
                "target",
                "analytics:metric-goal-list",
                Group.METRICS,
                Right.SEE_RESPONSES,
                rank=15,
            ),
            Entry(
                "alerts",
                "Alerts",
                "megaphone",
                "analytics:alert-list",
                Group.METRICS,
                Right.SEE_RESPONSES,
                rank=14,
            ),
            Entry(
                "reports",
                "Reports",
                "mail",
                "analytics:report-list",
                Group.METRICS,
                Right.SEE_FIGURES,
                rank=16,
                under="dashboards",
            ),
        )
        holes.fill("segment-figures", fillings.segment_figures)
        holes.fill("segment-scores", fillings.segment_row_scores)
        holes.fill("company-scores", fillings.company_scores)
        holes.fill("journey-log", event_log.event_log_link)
        holes.fill("map-lane-numbers", map_holes.lane_region)
        holes.fill("step-figure", map_holes.step_figure)
        holes.fill("target-verdict", map_holes.target_verdict)
        holes.fill("persona-channels", persona_holes.persona_channels)
        holes.fill("persona-comparison", persona_holes.persona_comparison)
        holes.fill("persona-figures", persona_holes.persona_figures)
        holes.fill("persona-metric", persona_holes.persona_metric)
        holes.fill("persona-quotes", persona_holes.persona_quotes)
        holes.fill("survey-figures", fillings.survey_figures)
        holes.fill("touchpoint-figures", fillings.touchpoint_figures)
        holes.fill("touchpoint-row-answers", fillings.touchpoint_row_answers)
        holes.fill("customer-scores", fillings.customer_scores)
        _answer_lower_apps()
        context_parts.register(
            ContextPart("scores", customer_scores.customer_scores, customer_scores.scores_json)
        )
        context_parts.register(
            ContextPart(
                "repeat_purchases",
                repeat_buyer.repeat_buyer,
                repeat_buyer.repeat_buyer_json,
                repeat_buyer.repeat_buyer_line,
            )
        )
        context_parts.register(
            ContextPart(
                "risk", risk_flag.risk_flag, risk_flag.risk_flag_json, risk_flag.risk_flag_line
            )
        )


def _tell_people_and_systems() -> None:
    """Say which news there may be, and who may read the pages that notices lead to."""
    from analytics.selectors import alerts, goals, reports  # noqa: PLC0415 - apps first
    from analytics.services import alert_telling, news  # noqa: PLC0415
    from cxm.collaboration.selectors.sights import sights  # noqa: PLC0415
    from cxm.kernel.announcing import newsroom  # noqa: PLC0415

    newsroom.offer(*news.KINDS, *alert_telling.KINDS)
    for selector in (alerts, goals, reports):
        sights.register_pages(selector.pages_in_sight)


def _answer_lower_apps() -> None:
    """Let apps below ask for figures where no hole can be filled, and links show dashboards."""
    from analytics.selectors.goal_figures import GoalFigures  # noqa: PLC0415 - apps first
    from analytics.selectors.metric_provider import MapFigures  # noqa: PLC0415
    from analytics.selectors.persona_stats import persona_stats  # noqa: PLC0415
    from analytics.views.shared_board import board_showing  # noqa: PLC0415
    from cxm.collaboration.selectors.showing import showers  # noqa: PLC0415
    from cxm.kernel.goal_progress import goal_progress  # noqa: PLC0415
    from cxm.kernel.metric_values import metric_values  # noqa: PLC0415
    from cxm.kernel.segment_stats import segment_stats  # noqa: PLC0415

    goal_progress.register(GoalFigures())
    metric_values.register(MapFigures())
    segment_stats.register(persona_stats)
    showers.register(board_showing)
