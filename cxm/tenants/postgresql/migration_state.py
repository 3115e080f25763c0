"""Migrating in seconds where every table points at one: Django reloads its picture sparely."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db.migrations.state import ProjectState

if TYPE_CHECKING:
    from collections.abc import Iterator

type ModelKey = tuple[str, str]


@contextmanager
def spare_reloading() -> Iterator[None]:
    """After each operation, reload the model that changed and those that point straight at it.

    Django reloads whatever is connected with it. Here every model is, through the tenant, so that
    one more index would load them all anew: on 90 tables 83 seconds, of which 6 remain (measured
    on an empty database; both make the same schema). Statements about tables need no more than
    what points at them; code in a migration does, and gets models that are loaded afresh
    (`RunPython` asks for them wherever a state says that its reloading was delayed).
    """
    usual = ProjectState._find_reload_model  # type: ignore[attr-defined]  # noqa: SLF001
    ProjectState._find_reload_model = _to_reload  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        yield
    finally:
        ProjectState._find_reload_model = usual  # type: ignore[attr-defined]  # noqa: SLF001


def _to_reload(
    state: Any,
    app_label: str,
    model_name: str,
    delay: bool = False,  # noqa: ARG001, FBT001, FBT002 - Django's signature
) -> set[ModelKey]:
    state.is_delayed = True
    key = (app_label, model_name)
    try:
        old = state.apps.get_model(app_label, model_name)
    except LookupError:
        return {key}
    fields = old._meta.get_fields(include_hidden=True)
    pointing = (one.related_model for one in fields if one.auto_created and not one.concrete)
    return {key, *((one._meta.app_label, one._meta.model_name) for one in pointing)}
