"""The shell script that finds a Python and fills the virtual environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cxm.embedded.places import PROJECT

pytestmark = pytest.mark.slow

SHIM = "#!/bin/sh\necho 'pyenv: python3: command not found' >&2\nexit 127\n"
# Passes the trial, and ends the script when an environment is to be made with it.
ONLY_FOUND = '#!/bin/sh\n[ "$1" = -m ] || exit 0\necho "this one was found" >&2\nexit 3\n'
TOO_OLD = "#!/bin/sh\nexit 1\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a project of which only the script and an empty requirements file exist."""
    return bare_tree(tmp_path / "project")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """Give a project with its environment made, its folder of Pythons, and what was said."""
    folder = tmp_path_factory.mktemp("filled")
    tree, path = bare_tree(folder / "project"), folder / "bin"
    hide_other_pythons(path)
    program(path, "python3.14", SHIM)
    program(path, "python3.12", this_python())
    return tree, path, start(tree, path, "true").stderr


def bare_tree(project: Path) -> Path:
    script = project / "cxm/embedded/start.sh"
    script.parent.mkdir(parents=True)
    shutil.copy(PROJECT / "cxm/embedded/start.sh", script)
    (project / "requirements.txt").touch()
    return project


def start(tree: Path, path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run *command* through the script, where the Pythons of folder *path* are on PATH."""
    return subprocess.run(  # noqa: S603 - our own script
        [tree / "cxm/embedded/start.sh", "requirements.txt", *command],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": f"{path}:/usr/bin:/bin", "HOME": str(tree), "PIP_NO_INDEX": "1"},
        cwd="/",
    )


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def this_python() -> str:
    # sys.executable may be in an environment, from which another cannot always be made.
    return f'#!/bin/sh\nexec "{Path(sys.executable).resolve()}" "$@"\n'


def hide_other_pythons(folder: Path) -> None:
    for name in ("python3.14", "python3.13", "python3.12", "python3", "python"):
        program(folder, name, TOO_OLD)


def test_no_suitable_python_is_one_sentence(tree: Path, tmp_path: Path) -> None:
    hide_other_pythons(tmp_path / "bin")

    result = start(tree, tmp_path / "bin", "true")

    assert result.returncode == 1
    assert result.stderr.startswith("Wayfare needs Python 3.12 or newer")
    assert len(result.stderr.splitlines()) == 1


def test_shims_that_fail_are_passed_over_and_the_environment_is_filled_once(
    filled: tuple[Path, Path, str],
) -> None:
    tree, path, said = filled

    again = start(tree, path, "python", "-c", "import sys; print(sys.prefix)")

    assert "Installing the packages of requirements.txt" in said
    assert (again.stdout, again.stderr) == (f"{tree.resolve() / '.venv'}\n", "")


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(".pyenv/versions/3.12.1/bin", id="pyenv"),
        pytest.param(".local/share/uv/python/cpython-3.12.1/bin", id="uv"),
    ],
)
def test_python_is_found_where_path_has_none(tree: Path, tmp_path: Path, folder: str) -> None:
    hide_other_pythons(tmp_path / "bin")
    (tree / folder).mkdir(parents=True)
    program(tree / folder, "python3.12", ONLY_FOUND)

    result = start(tree, tmp_path / "bin", "true")

    assert (result.returncode, "this one was found" in result.stderr) == (3, True)


def test_environment_copied_from_elsewhere_is_made_again(
    filled: tuple[Path, Path, str], tmp_path: Path
) -> None:
    tree, path, _ = filled
    copy = shutil.copytree(tree, tmp_path / "copy", symlinks=True)

    result = start(copy, path, "pip", "--version")

    assert str(copy.resolve() / ".venv") in result.stdout


def test_changed_requirements_are_installed(filled: tuple[Path, Path, str]) -> None:
    tree, path, _ = filled
    (tree / "requirements.txt").write_text(f"absent==1 --hash=sha256:{'0' * 64}\n")

    result = start(tree, path, "true")

    (tree / "requirements.txt").write_text("")
    assert result.returncode != 0
    assert "absent" in result.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_environment_that_cannot_be_written_is_left_alone(project: Path) -> None:
    script = bare_tree(project / "tree") / "cxm/embedded/start.sh"
    (project / "tree/.venv").mkdir(mode=0o755)
    temporary = project / "temporary"
    temporary.mkdir()
    temporary.chmod(0o777)
    hide_other_pythons(project / "bin")

    result = subprocess.run(  # noqa: S603 - our own script
        [script, "requirements.txt", "true"],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": f"{project / 'bin'}:/usr/bin:/bin", "TMPDIR": str(temporary)},
        user=65534,
        group=65534,
        extra_groups=[],
        cwd="/",
    )

    assert "needs Python 3.12" in result.stderr
    assert [path.name.split("-")[:2] for path in temporary.iterdir()] == [["wayfare", "venv"]]
