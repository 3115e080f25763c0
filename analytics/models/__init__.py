"""Rollups and what is made of answers: verdicts, churn, alerts."""

from analytics.models.alerts import Alert, AlertListener, AlertRule, AlertRuleVersion
from analytics.models.churn import (
    ChurnDefinition,
    ChurnDefinitionVersion,
    ChurnRun,
    ChurnSpan,
)
from analytics.models.purchases import (
    PurchaseDefinition,
    PurchaseDefinitionVersion,
    PurchaseRun,
    RepeatCustomer,
)
from analytics.models.revenue import RevenueSpan
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
    "ChurnDefinition",
    "ChurnDefinitionVersion",
    "ChurnRun",
    "ChurnSpan",
    "HistogramColumns",
    "PurchaseDefinition",
    "PurchaseDefinitionVersion",
    "PurchaseRun",
    "RatingDay",
    "RatingDelta",
    "RepeatCustomer",
    "RevenueSpan",
    "RollupCheck",
    "RollupGeneration",
    "RollupKey",
    "TargetAssessment",
]
