"""Who may do what: one table of roles and rights, one decision function."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member is in one tenant; roles are sets of rights, not a ladder."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    ANALYST = "analyst"
    CONTRIBUTOR = "contributor"
    AGENT = "agent"
    VIEWER = "viewer"
    GUEST = "guest"


class Mails(StrEnum):
    """Whether, and when, a member gets by e-mail what they are told."""

    NEVER = "never"
    AT_ONCE = "at_once"
    DAILY = "daily"

    @property
    def words(self) -> str:
        """Give what people read."""
        return {
            "never": "No e-mail",
            "at_once": "One e-mail each, at once",
            "daily": "Once a day, all in one",
        }[self.value]


class Right(StrEnum):
    """One thing a member may be allowed to do."""

    SEE_FIGURES = "see_figures"
    SEE_RESPONSES = "see_responses"
    SEE_PERSONS = "see_persons"
    SEE_REGISTRIES = "see_registries"
    EDIT_REGISTRIES = "edit_registries"
    IMPORT_FEEDBACK = "import_feedback"
    SEE_JOBS = "see_jobs"
    MANAGE_JOBS = "manage_jobs"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_TENANT = "manage_tenant"
    MANAGE_KEYS = "manage_keys"
    SEE_AUDIT = "see_audit"
    COMMENT = "comment"
    SEE_CUSTOMERS = "see_customers"
    SERVE_CUSTOMERS = "serve_customers"
    EDIT_CUSTOMERS = "edit_customers"
    ERASE_PERSONS = "erase_persons"
    EDIT_SEGMENTS = "edit_segments"
    MANAGE_SOURCES = "manage_sources"
    SEND_EVENTS = "send_events"
    OPEN_JOURNEYS = "open_journeys"
    SEE_JOURNEYS = "see_journeys"
    EDIT_JOURNEYS = "edit_journeys"
    SEE_EXCERPTS = "see_excerpts"
    EXPORT_JOURNEYS = "export_journeys"
    SHARE_JOURNEYS = "share_journeys"
    PUBLISH_JOURNEYS = "publish_journeys"


_FIGURES = frozenset({Right.SEE_FIGURES, Right.SEE_REGISTRIES})
_LET_IN = frozenset({Right.OPEN_JOURNEYS})
_READ = (
    _FIGURES | _LET_IN | {Right.SEE_RESPONSES, Right.SEE_JOBS, Right.COMMENT, Right.SEE_JOURNEYS}
)
_WORK_OUT = frozenset({Right.EDIT_JOURNEYS, Right.SEE_EXCERPTS, Right.EXPORT_JOURNEYS})
_ANALYSE = _READ | _WORK_OUT | {Right.SEE_CUSTOMERS, Right.EDIT_SEGMENTS}
_SERVE = _READ | {Right.SEE_CUSTOMERS, Right.SEE_PERSONS, Right.SERVE_CUSTOMERS}
_MANAGE = (
    _ANALYSE
    | _SERVE
    | {
        Right.EDIT_CUSTOMERS,
        Right.EDIT_REGISTRIES,
        Right.IMPORT_FEEDBACK,
        Right.MANAGE_JOBS,
        Right.SEE_PEOPLE,
        Right.SHARE_JOURNEYS,
        Right.PUBLISH_JOURNEYS,
    }
)

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right),
    Role.MANAGER: frozenset(_MANAGE),
    Role.ANALYST: frozenset(_ANALYSE),
    Role.CONTRIBUTOR: frozenset(_READ | _WORK_OUT | {Right.EDIT_REGISTRIES}),
    Role.AGENT: frozenset(_SERVE),
    Role.VIEWER: frozenset(_READ),
    Role.GUEST: _LET_IN,
}

MEANINGS: dict[Role, str] = {
    Role.OWNER: "Everything, and handing the workspace over.",
    Role.ADMIN: "Everything: people, keys, registries, data.",
    Role.MANAGER: "Imports feedback, keeps touchpoints and metrics, reads every answer.",
    Role.ANALYST: "Reads every figure and answer, without names; makes segments.",
    Role.CONTRIBUTOR: "Keeps touchpoints and channels, reads answers without names.",
    Role.AGENT: "Sees a customer's whole story while talking to them; notes and promises.",
    Role.VIEWER: "Reads figures and answers without names.",
    Role.GUEST: "Opens the journeys they were let into, and nothing else.",
}


RIGHT_MEANINGS: dict[Right, str] = {
    Right.SEE_FIGURES: "Read figures",
    Right.SEE_RESPONSES: "Read answers, without names",
    Right.SEE_PERSONS: "See who answered",
    Right.SEE_REGISTRIES: "Read touchpoints, channels and metrics",
    Right.EDIT_REGISTRIES: "Change touchpoints, channels and metrics",
    Right.IMPORT_FEEDBACK: "Import feedback, and undo it",
    Right.SEE_JOBS: "See running work",
    Right.MANAGE_JOBS: "Stop and repeat work",
    Right.SEE_PEOPLE: "See the members",
    Right.MANAGE_PEOPLE: "Invite people and change their roles",
    Right.MANAGE_TENANT: "Change the workspace itself",
    Right.MANAGE_KEYS: "Make and revoke API keys",
    Right.SEE_AUDIT: "Read who did what",
    Right.COMMENT: "Comment",
    Right.SEE_CUSTOMERS: "See customers and what happened to them, without names",
    Right.SERVE_CUSTOMERS: "Write notes and promises to customers",
    Right.EDIT_CUSTOMERS: "Join, part and change customers",
    Right.ERASE_PERSONS: "Erase persons for good",
    Right.EDIT_SEGMENTS: "Make and change segments, and rules of alerts",
    Right.MANAGE_SOURCES: "Connect event sources and make their keys",
    Right.SEND_EVENTS: "Send events",
    Right.OPEN_JOURNEYS: "Open journeys that one was let into",
    Right.SEE_JOURNEYS: "See personas and stakeholder maps",
    Right.EDIT_JOURNEYS: "Make and change personas and stakeholder maps",
    Right.SEE_EXCERPTS: "Read what customers said, as evidence",
    Right.EXPORT_JOURNEYS: "Take personas and stakeholder maps out as files",
    Right.SHARE_JOURNEYS: "Show personas, maps and dashboards to people outside",
    Right.PUBLISH_JOURNEYS: "Publish and retire journey maps",
}


def may(role: str, right: Right) -> bool:
    """Decide whether a member with *role* has *right*; an unknown role has none."""
    try:
        return right in RIGHTS[Role(role)]
    except ValueError:
        return False


def may_give(giver: str, role: str) -> bool:
    """Decide whether *giver* may hand out or take away *role*: only owners deal in ownership."""
    return may(giver, Right.MANAGE_PEOPLE) and (role != Role.OWNER or giver == Role.OWNER)
