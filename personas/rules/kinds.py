"""The words that personas and stakeholder maps choose from."""

from __future__ import annotations

from cxm.kernel.named import Named


class PersonaKind(Named):
    """Whom a persona describes; an anti-persona is whom one does not serve."""

    CUSTOMER = "customer"
    USER = "user"
    BUYER = "buyer"
    EMPLOYEE = "employee"
    PARTNER = "partner"
    ANTI = "anti"

    @property
    def words(self) -> str:
        """Give what people read."""
        return "Anti-persona" if self is PersonaKind.ANTI else self.value.capitalize()


class PersonaStatus(Named):
    """How sure one is of it."""

    ASSUMED = "assumed"
    RESEARCHED = "researched"
    VALIDATED = "validated"
    RETIRED = "retired"


class SectionKind(Named):
    """What a section of a persona holds."""

    TEXT = "text"
    LIST = "list"
    NEEDS = "needs"
    JOBS = "jobs"
    GOALS = "goals"
    PAINS = "pains"
    GAINS = "gains"
    QUOTE = "quote"
    TRAITS = "traits"
    FACTS = "facts"
    DAY = "day"
    CHANNELS = "channels"
    BRANDS = "brands"
    LINKS = "links"
    IMAGE = "image"
    METRIC = "metric"

    @property
    def words(self) -> str:
        """Give what people read, also as the title of a new section."""
        return _SECTION_WORDS.get(self.value, self.value.capitalize())


_SECTION_WORDS = {
    "jobs": "Jobs to be done",
    "day": "A day in the life",
    "links": "Files and links",
    "channels": "Channels used",
    "brands": "Brands they like",
    "facts": "Facts",
    "metric": "Score",
    "image": "Pictures",
}
# Sections that are made of statements; the others hold their content themselves.
HOLDS_FILES = frozenset({SectionKind.LINKS, SectionKind.IMAGE})
STATED = frozenset(
    {
        SectionKind.LIST,
        SectionKind.NEEDS,
        SectionKind.JOBS,
        SectionKind.GOALS,
        SectionKind.PAINS,
        SectionKind.GAINS,
        SectionKind.FACTS,
        SectionKind.DAY,
        SectionKind.BRANDS,
    }
)
FACETS = ("functional", "emotional", "social")


class Width(Named):
    """How much of the page's width a section takes."""

    HALF = "half"
    FULL = "full"


class StakeholderKind(Named):
    """What a stakeholder is."""

    PERSON = "person"
    ROLE = "role"
    TEAM = "team"
    ORGANISATION = "organisation"
    SYSTEM = "system"
    PARTNER = "partner"
    REGULATOR = "regulator"
    MEDIA = "media"
    PUBLIC = "public"


class Layout(Named):
    """How a stakeholder map is drawn; the placements are the same."""

    RINGS = "rings"
    SECTORS = "sectors"
    NETWORK = "network"
    POWER_INTEREST = "power_interest"

    @property
    def words(self) -> str:
        """Give what people read."""
        return "Power and interest" if self is Layout.POWER_INTEREST else self.value.capitalize()


class Visibility(Named):
    """Who finds a map: nobody but its owner, its title, its content, or editors change it."""

    HIDDEN = "hidden"
    LISTED = "listed"
    VIEWABLE = "viewable"
    EDITABLE = "editable"


class Direction(Named):
    """Whether a relation goes one way."""

    ONE = "one"
    BOTH = "both"


RELATION_KINDS = ("trust", "information", "money", "service", "goods", "authority", "conflict")
RINGS = ("Essential", "Important", "Interesting")
SECTORS = ("Internal", "Partner", "Customer", "Public")
