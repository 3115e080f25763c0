"""Journeys from the shell: taken out, checked, compared, taken in."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from tests import make
from tests.journeys.filing import HEAD, STAGES, exported, taken_in, the_map
from tests.journeys.test_map_imports import LANES

if TYPE_CHECKING:
    from pathlib import Path

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
SMALL = HEAD + STAGES + LANES


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def run(*words: str) -> str:
    told = StringIO()
    call_command("cxmap", *words, stdout=told, stderr=told)
    return told.getvalue()


def test_a_folder_goes_from_one_workspace_to_another(bea: Membership, tmp_path: Path) -> None:
    there = make.member()
    taken_in(bea, SMALL)
    folder, slug = str(tmp_path / "return-shoes"), there.tenant.slug

    run("export", folder, "--journey", "return-shoes", "--tenant", bea.tenant.slug)
    checked = run("validate", folder)
    with pytest.raises(SystemExit) as differs:
        run("diff", folder, "--tenant", slug)
    run("apply", folder, "--dry-run", "--tenant", slug)
    done = run("apply", folder, "--tenant", slug)
    again = run("diff", folder, "--tenant", slug)

    names = sorted(path.name for path in (tmp_path / "return-shoes").iterdir())
    assert names == ["1-current.yaml", "library.yaml"]
    assert (checked, differs.value.code) == ("The files are right.\n", 1)
    assert done == "new: journey return-shoes\nnew: map 1-current\n"
    assert again == "same: journey return-shoes\nsame: map 1-current\n"
    assert exported(there, the_map(there), profile="map") == SMALL


def test_a_change_is_told_in_words(bea: Membership, tmp_path: Path) -> None:
    taken_in(bea, SMALL)
    file = tmp_path / "map.yaml"
    slug = bea.tenant.slug
    run(
        *("export", str(file), "--journey", "return-shoes", "--map", "1", "--keys-only"),
        *("--tenant", slug),
    )
    file.write_text(file.read_text().replace("wait-refund: -0.5", "wait-refund: -1"))

    told = run("apply", str(file), "--tenant", slug)

    assert told.splitlines()[:2] == ["same: journey return-shoes", "changed: map 1-current"]
    assert "−0.5 → −1" in told


def test_faults_are_told_with_the_file_that_has_them(bea: Membership, tmp_path: Path) -> None:
    (tmp_path / "library.yaml").write_text("cxmap: 1\nprofile: library\n")
    (tmp_path / "1-current.yaml").write_text(SMALL.replace("kind: text", "kind: texts"))
    told = StringIO()

    with pytest.raises(CommandError, match="1 thing is wrong"):
        call_command("cxmap", "validate", str(tmp_path), stderr=told)

    assert told.getvalue().startswith("1-current.yaml: Line 20, column 11 (lanes[0].kind): Choose")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--journey", "none"], "There is no journey “none”"),
        (["--journey", "return-shoes"], "several files"),
        (["--journey", "return-shoes", "--map", "7"], "no map 7"),
    ],
)
def test_what_cannot_be_taken_out_is_told(bea: Membership, words: list[str], message: str) -> None:
    taken_in(bea, SMALL)

    with pytest.raises(CommandError, match=message):
        run("export", "-", *words, "--tenant", bea.tenant.slug)
