"""What is loaded anew while tables are made, and that code in migrations sees what is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from cxm.tenants.postgresql.migration_state import spare_reloading

if TYPE_CHECKING:
    from typing import Any

LEAVES = [f"leaf{number}" for number in range(20)]


def world() -> ProjectState:
    """A hub, what points at it, and what points at the first of those."""
    state = ProjectState()
    state.add_model(ModelState("zoo", "hub", [("id", models.AutoField(primary_key=True))]))
    for name in LEAVES:
        state.add_model(ModelState("zoo", name, pointing_at("zoo.hub")))
    state.add_model(ModelState("zoo", "twig", pointing_at("zoo.leaf0")))
    assert state.apps.get_models()
    return state


def pointing_at(name: str) -> list[tuple[str, models.Field[Any, Any]]]:
    key = models.ForeignKey(name, models.CASCADE, related_name="+")
    return [("id", models.AutoField(primary_key=True)), ("points_at", key)]


def add_note(state: ProjectState, model: str) -> None:
    state.add_field("zoo", model, "note", models.TextField(default=""), preserve_default=True)


@pytest.mark.parametrize(
    ("model", "loaded"),
    [("twig", ["twig"]), ("leaf0", ["leaf0", "twig"]), ("hub", ["hub", *LEAVES])],
)
def test_what_changed_and_what_points_at_it_is_loaded_anew(
    monkeypatch: pytest.MonkeyPatch, model: str, loaded: list[str]
) -> None:
    state, seen, usual = world(), [], ModelState.render

    def render(one: ModelState, apps: Any) -> Any:
        seen.append(one.name)
        return usual(one, apps)

    monkeypatch.setattr(ModelState, "render", render)
    with spare_reloading():
        add_note(state, model)

    assert sorted(seen) == sorted(loaded)


def test_code_in_a_migration_sees_new_fields_from_everywhere() -> None:
    with spare_reloading():
        state = world()
        add_note(state, "hub")
        state.clear_delayed_apps_cache()  # as RunPython does
        leaf = state.apps.get_model("zoo", "twig")._meta.get_field("points_at").related_model
        hub = leaf._meta.get_field("points_at").related_model

    assert hub._meta.get_field("note")


def test_a_new_model_is_loaded_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    state, seen, usual = world(), [], ModelState.render

    def render(one: ModelState, apps: Any) -> Any:
        seen.append(one.name)
        return usual(one, apps)

    monkeypatch.setattr(ModelState, "render", render)
    with spare_reloading():
        state.add_model(ModelState("zoo", "nest", pointing_at("zoo.hub")))

    assert seen == ["nest"]


def test_afterwards_django_reloads_as_ever() -> None:
    usual = ProjectState._find_reload_model  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError), spare_reloading():
        raise ZeroDivisionError

    assert ProjectState._find_reload_model is usual  # type: ignore[attr-defined]
