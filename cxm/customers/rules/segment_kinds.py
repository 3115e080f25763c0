"""Tests that higher apps add to the grammar of segments; one registry a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.customers.rules.segment_fields import Choices, FieldSpec
    from cxm.customers.rules.segment_reading import Said


class AddedKind(Protocol):
    """A test that an app adds: how it is read, written, said, asked for and turned into SQL.

    *key* is the member by which JSON knows it; *label* names it in the builder. Its parsed value
    is frozen and of its own type.
    """

    key: str
    label: str

    def read(self, said: Said) -> Any:
        """Read the test; notes faults in *said* and then gives anything."""

    def write(self, test: Any) -> dict[str, Any]:
        """Write the test as JSON has it."""

    def words(self, test: Any, titles: Mapping[str, Mapping[str, str]]) -> str:
        """Say the test so that "Customers" can stand before it."""

    def names(self, test: Any) -> list[tuple[str, str, str]]:
        """List what the test names: member of the JSON, registry, key."""

    def grouped(self, test: Any, ground: Any) -> Any:
        """Give the sub-select and the condition; see `cxm.customers.services.segment_sql`."""

    def fields(self, choices: Choices, values: Mapping[str, str]) -> list[FieldSpec]:
        """List the fields that ask for the test in the builder."""

    def said(self, values: Mapping[str, str]) -> dict[str, Any]:
        """Write what the fields hold as JSON has it, right or wrong."""

    def values(self, said: Mapping[str, Any]) -> dict[str, str]:
        """Give what the fields hold for a test as JSON has it."""


class AddedKinds:
    """The kinds by key; filled when the apps are ready."""

    def __init__(self) -> None:
        self._kinds: dict[str, AddedKind] = {}

    def register(self, kind: AddedKind) -> None:
        """Add *kind*; raises ValueError when its key is taken."""
        if kind.key in self._kinds:
            message = f"segments know a test called {kind.key} already"
            raise ValueError(message)
        self._kinds[kind.key] = kind

    def find(self, key: str) -> AddedKind | None:
        """Find a kind by key."""
        return self._kinds.get(key)

    def every(self) -> list[AddedKind]:
        """List the kinds in the order they were registered."""
        return list(self._kinds.values())


added_kinds = AddedKinds()


def kind_called(key: str) -> AddedKind:
    """Find a kind that must be there; raises LookupError."""
    kind = added_kinds.find(key)
    if kind is None:
        message = f"no test of segments is called {key}"
        raise LookupError(message)
    return kind
