"""Rollups and what is made of answers: verdicts, churn, alerts, dashboards, reports."""

from analytics.models.alerts import Alert, AlertListener, AlertRule, AlertRuleVersion
from analytics.models.annotations import Annotation
from analytics.models.churn import (
    ChurnDefinition,
    ChurnDefinitionVersion,
    ChurnRun,
    ChurnSpan,
)
from analytics.models.dashboards import Dashboard, DashboardShare, Tile
from analytics.models.drivers import DriverRun
from analytics.models.goals import MetricGoal, MetricGoalMove, MetricGoalVerdict
from analytics.models.purchases import (
    PurchaseDefinition,
    PurchaseDefinitionVersion,
    PurchaseRun,
    RepeatCustomer,
)
from analytics.models.reports import (
    Report,
    ReportEdition,
    ReportFile,
    ReportMail,
    ReportRecipient,
    ReportRun,
)
from analytics.models.revenue import RevenueSpan
from analytics.models.risk import RiskRun, RiskScore, RiskSetting
from analytics.models.rollups import (
    KEY_COLUMNS,
    PIVOTED,
    VALUE_COLUMNS,
    HistogramColumns,
    RatingDay,
    RatingDelta,
    RollupCheck,
    RollupGeneration,
    RollupKey,
    TargetAssessment,
)

__all__ = [
    "KEY_COLUMNS",
    "PIVOTED",
    "VALUE_COLUMNS",
    "Alert",
    "AlertListener",
    "AlertRule",
    "AlertRuleVersion",
    "Annotation",
    "ChurnDefinition",
    "ChurnDefinitionVersion",
    "ChurnRun",
    "ChurnSpan",
    "Dashboard",
    "DashboardShare",
    "DriverRun",
    "HistogramColumns",
    "MetricGoal",
    "MetricGoalMove",
    "MetricGoalVerdict",
    "PurchaseDefinition",
    "PurchaseDefinitionVersion",
    "PurchaseRun",
    "RatingDay",
    "RatingDelta",
    "RepeatCustomer",
    "Report",
    "ReportEdition",
    "ReportFile",
    "ReportMail",
    "ReportRecipient",
    "ReportRun",
    "RevenueSpan",
    "RiskRun",
    "RiskScore",
    "RiskSetting",
    "RollupCheck",
    "RollupGeneration",
    "RollupKey",
    "TargetAssessment",
    "Tile",
]
