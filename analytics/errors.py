"""What can be wrong with what people ask of figures."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class TooManyDefinitionsError(DomainError):
    """More definitions of churn than are counted."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} definitions already. Archive one first.")


class ChurnKeyTakenError(DomainError):
    """A second definition of churn under a key that is in use."""

    status = 409

    def __init__(self, key: str) -> None:
        super().__init__(f"“{key}” is another definition's key. Choose another.", field="key")


class TooManyAlertRulesError(DomainError):
    """More rules of alerts than are watched."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} rules already. Archive one first.")


class AlertPlaceError(DomainError):
    """A rule of an alert that names what is not there; `field` names the part."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class AlertArchivedError(DomainError):
    """Something is to be done with a rule that was archived."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This rule is archived.")


class TooManyDashboardsError(DomainError):
    """More dashboards than are kept."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most:,} dashboards already. Archive one first.")


class TooManyTilesError(DomainError):
    """More tiles than a dashboard holds."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A dashboard holds {most} tiles. Take one away first.")


class DashboardArchivedError(DomainError):
    """Something is to be done with a dashboard that was archived."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This dashboard is archived. Bring it back first.")


class TooManyReportsError(DomainError):
    """More reports than are sent."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} reports already. Archive one first.")


class ReportArchivedError(DomainError):
    """Something is to be done with a report that was archived."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This report is archived.")


class TooManyGoalsError(DomainError):
    """More goals than are followed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} goals already. Archive one first.")


class GoalArchivedError(DomainError):
    """Something is to be done with a goal that was archived."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This goal is archived.")


class GoalOverError(DomainError):
    """The target or day of a goal is to move after its day."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This goal was due already: set a new one.")


class AlertOwnerError(DomainError):
    """An alert is to be given to somebody who cannot see it."""

    def __init__(self) -> None:
        super().__init__("Choose a member who reads answers.", field="owner")


class NothingToShareError(DomainError):
    """A link is to show a dashboard of which nothing may be seen outside."""

    def __init__(self) -> None:
        super().__init__("No tile of this dashboard may be shown outside: add one about a metric.")
