"""Rules of the house that no linter can see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from cxm.celery import app
from cxm.kernel.effects import effect_names
from cxm.tenants.catalogue import GLOBAL_TABLES
from cxm.tenants.models import TenantOwned

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(settings.BASE_DIR)
ROOMS = ("cxm", "personas", "journeys", "feedback", "analytics")

GLOBAL_MODELS = {"accounts.User", "tenants.Tenant"}
APP_MODULES = {
    "admin",
    "adapters",
    "api",
    "apps",
    "errors",
    "forms",
    "management",
    "migrations",
    "models",
    "rules",
    "selectors",
    "services",
    "tasks",
    "templatetags",
    "urls",
    "views",
}
# What the rooms of the project have beside those.
MORE_MODULES = {
    "cxm.accounts": {"adapter"},
    "cxm.metrics": {"builtin", "figures"},
    "cxm.tenants": {
        "access",
        "api_auth",
        "audit",
        "benches",
        "binding",
        "catalogue",
        "catalogue_sql",
        "editing",
        "fields",
        "migration_operations",
        "postgresql",
        "querysets",
        "sending",
    },
    "cxm.web": {"benches", "context", "demo", "gallery", "nemesis", "terms", "wording"},
    "cxm.work": {"engine", "idempotency", "jobs"},
}
LONGEST_MODULE = 400
TELL_EFFECTS = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "cxm.settings"
django.setup()
from cxm.kernel.effects import effect_names
print("\\n".join(effect_names()))
"""


def _ours() -> list[Path]:
    return sorted(
        path
        for room in (*ROOMS, "tests")
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
    )


def _our_models() -> Iterator[type]:
    for model in apps.get_models():
        if model.__module__.partition(".")[0] in ROOMS:
            yield model


# Models


def test_every_model_is_owned_by_a_tenant_or_listed_as_global() -> None:
    loose = {m._meta.label for m in _our_models() if not issubclass(m, TenantOwned)}  # type: ignore[attr-defined]

    assert loose == GLOBAL_MODELS


def test_no_model_orders_its_rows_silently() -> None:
    ordered = [m._meta.label for m in _our_models() if m._meta.ordering]  # type: ignore[attr-defined]

    assert ordered == []


def test_no_model_of_a_tenant_has_a_reverse_accessor_or_a_save_of_its_own() -> None:
    loud = [
        f"{m._meta.label}.{f.name}"  # type: ignore[attr-defined]
        for m in _our_models()
        for f in m._meta.local_fields  # type: ignore[attr-defined]
        if f.is_relation and f.remote_field.related_name != "+"
    ]
    saving = [m.__name__ for m in _our_models() if "save" in vars(m)]

    assert (loud, saving) == ([], [])


def test_constraints_are_named_after_app_and_model() -> None:
    strange = [
        constraint.name
        for model in _our_models()
        for constraint in model._meta.constraints  # type: ignore[attr-defined]
        if not constraint.name.startswith(f"{model._meta.app_label}_")  # type: ignore[attr-defined]
    ]

    assert strange == []


@pytest.mark.django_db
def test_every_table_of_the_global_list_exists() -> None:
    assert sorted(GLOBAL_TABLES - set(connection.introspection.table_names())) == []


def test_migrations_stand_in_one_line() -> None:
    loader = MigrationLoader(None)
    last = {
        label: (ROOT / Path(*name.split("."), "migrations", "max_migration.txt"))
        .read_text()
        .strip()
        for label, name in ((config.label, config.name) for config in apps.get_app_configs())
        if name.partition(".")[0] in ROOMS and label in loader.migrated_apps
    }

    leaves = {label: name for label, name in loader.graph.leaf_nodes() if label in last}

    assert leaves == last


# Modules


def test_no_module_is_too_long() -> None:
    long = [
        (path.relative_to(ROOT).as_posix(), lines)
        for path in _ours()
        if (lines := len(path.read_text().splitlines())) > LONGEST_MODULE
    ]

    assert long == []


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in _ours()
        if path.name != "apps.py" and path.stat().st_size and not ast.get_docstring(_tree(path))
    ]

    assert silent == []


def test_packages_have_empty_beginnings() -> None:
    """But for models: Django looks for all of an app's in `models`, so that names them."""
    beginnings = [p for p in _ours() if p.name == "__init__.py" and p.stat().st_size]
    full = [
        path.relative_to(ROOT).as_posix()
        for path in beginnings
        if path.parent.name != "models" or not _only_names(path)
    ]

    assert full == []


def _only_names(path: Path) -> bool:
    """Whether a module only says what it is, imports, and lists what it exports."""
    first, *rest = _tree(path).body
    return isinstance(first, ast.Expr) and all(
        isinstance(line, ast.ImportFrom | ast.Assign) for line in rest
    )


def test_apps_have_the_same_modules() -> None:
    names = [
        config.name for config in apps.get_app_configs() if config.name.partition(".")[0] in ROOMS
    ]
    strange = {}
    for name in names:
        folder = ROOT / Path(*name.split("."))
        found = {
            p.stem for p in folder.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()
        }
        strange[name] = found - APP_MODULES - {"__init__"} - MORE_MODULES.get(name, set())

    assert {name: more for name, more in strange.items() if more} == {}


def test_the_list_of_more_modules_holds_no_stale_name() -> None:
    stale = [
        f"{name}.{module}"
        for name, modules in MORE_MODULES.items()
        for module in sorted(modules)
        if not list((ROOT / Path(*name.split("."))).glob(f"{module}*"))
    ]

    assert stale == []


def test_nobody_sends_or_hears_signals() -> None:
    hearing = [
        path.relative_to(ROOT).as_posix()
        for path in _ours()
        if path.is_relative_to(ROOT / "tests") is False
        and re.search(
            r"django\.(db\.models|dispatch|core)\.?(signals)?.*(Signal|receiver|signals)\b",
            path.read_text(),
        )
    ]

    assert hearing == []


@pytest.mark.django_db
def test_every_queued_name_is_registered() -> None:
    app.loader.import_default_modules()
    known = effect_names() | set(app.tasks)
    queued = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in _ours()
        if not path.is_relative_to(ROOT / "tests")
        for name in _queued_names(_tree(path), path)
    }

    assert queued
    assert {pair for pair in queued if pair[1] not in known} == set()


@pytest.mark.slow
@pytest.mark.django_db  # checking models asks the database for its version
def test_a_command_knows_every_effect_without_a_worker() -> None:
    """What a command promises it may have to keep itself: the demo is seeded without a worker."""
    app.loader.import_default_modules()
    told = subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, "-c", TELL_EFFECTS], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    ours = {name for name in effect_names() if not name.startswith("test.")}

    assert ours - set(told) == set()


@pytest.mark.django_db
def test_every_beat_is_a_registered_task() -> None:
    app.loader.import_default_modules()

    assert {beat["task"] for beat in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def _constants() -> dict[str, str]:
    """Find every module-level name that is bound to a dotted word, over all modules."""
    return {
        target.id: node.value.value
        for path in _ours()
        for node in _tree(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        if re.fullmatch(r"[a-z_]+\.[a-z_]+", node.value.value)
    }


def _queued_names(tree: ast.Module, path: Path) -> Iterator[str]:
    """Give the first argument of `later` and `schedule`, and the kind of `start_job`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        given: ast.expr | None = None
        if node.func.id in {"later", "schedule"} and node.args:
            given = node.args[0]
        if node.func.id == "start_job":
            given = next((k.value for k in node.keywords if k.arg == "kind"), None)
        if isinstance(given, ast.Constant):
            yield str(given.value)
        if isinstance(given, ast.Name) and given.id in _constants():
            yield _constants()[given.id]
