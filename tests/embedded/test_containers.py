"""The compose file and what it mounts: complete, healthy, and without secrets."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from cxm.embedded.places import PROJECT

COMPOSE = PROJECT / "docker-compose.yml"
LONG_RUNNING = {"web", "worker", "beat", "postgres", "valkey", "mailpit"}
SECRETS = {
    "SECRET_KEY",
    "POSTGRES_PASSWORD",
    "CXM_OWNER_PASSWORD",
    "CXM_APP_PASSWORD",
    "VALKEY_PASSWORD",
}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """Give the services by name, with their merges done."""
    services: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    return services


def example_settings() -> dict[str, str]:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value for name, _, value in pairs}


def test_all_parts_are_there(services: dict[str, Any]) -> None:
    assert services.keys() == LONG_RUNNING | {"migrate"}


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_each_long_running_part_tells_its_health(services: dict[str, Any], name: str) -> None:
    check = services[name]["healthcheck"]

    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries"} <= check.keys()


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_programs_wait_for_migrations(services: dict[str, Any], name: str) -> None:
    condition = services[name]["depends_on"]["migrate"]["condition"]

    assert condition == "service_completed_successfully"


def test_secrets_are_demanded_with_words_and_never_given() -> None:
    text = COMPOSE.read_text()
    demanded = set(re.findall(r"\$\{(\w+):\?fill in \1 in \.env\}", text))
    with_default = set(re.findall(r"\$\{(\w+):-", text))

    assert demanded == SECRETS
    assert not with_default & SECRETS
    assert not re.search(r"(PASSWORD|SECRET_KEY): (?!\$\{\w+:)\S", text.replace("_HOST_", "_"))


def test_example_names_every_setting_and_fills_in_no_secret() -> None:
    settings = example_settings()
    used = set(re.findall(r"\$\{(\w+)[:}]", COMPOSE.read_text()))

    assert settings.keys() == used
    assert {name for name, value in settings.items() if not value} >= SECRETS


def test_only_migrations_know_the_owner_of_the_tables(services: dict[str, Any]) -> None:
    knowing = {name for name, service in services.items() if "cxm_owner" in str(service)}

    assert knowing == {"migrate"}


def test_ports_are_open_to_this_machine_only(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_mounted_files_exist(services: dict[str, Any]) -> None:
    mounts = [mount for service in services.values() for mount in service.get("volumes", [])]
    files = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]

    assert files
    assert all((PROJECT / file).is_file() for file in files)


def test_image_runs_as_an_ordinary_user_with_hashed_packages() -> None:
    lines = (PROJECT / "Dockerfile").read_text().splitlines()

    assert "USER wayfare" in lines
    assert lines.index("USER wayfare") > max(
        number for number, line in enumerate(lines) if line.startswith("COPY")
    )
    assert any("--require-hashes -r" in line for line in lines)


@pytest.mark.slow
def test_compose_accepts_the_file() -> None:
    docker = shutil.which("docker")
    if docker is None or _run(docker, "compose", "version").returncode != 0:
        pytest.skip("no docker client with compose is installed")

    settings = dict.fromkeys(SECRETS, "made-up")
    result = _run(docker, "compose", "-f", str(COMPOSE), "config", "--quiet", **settings)

    assert (result.returncode, result.stderr) == (0, "")


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - docker with words of our own
        command, check=False, capture_output=True, text=True, env=environment
    )
