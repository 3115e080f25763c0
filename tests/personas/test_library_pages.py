"""Library files on the pages, for programs and in the shell."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from personas.models import Persona
from tests import make
from tests.personas import mapping
from tests.personas.editing import persona
from tests.personas.library import UMA, exported, template

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db

FILE_QUERIES = 22


def url(name: str, of: Membership) -> str:
    return reverse(f"personas:library-{name}", args=[of.tenant.slug])


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def names(tenant: Tenant) -> list[str]:
    with tenant_bound(tenant.pk):
        return sorted(Persona.objects.for_tenant(tenant).values_list("name", flat=True))


# Taking out


def test_one_persona_or_chosen_ones_are_downloaded(bea: Membership) -> None:
    uma, other = template(bea), persona(bea, "Other")
    persona(bea, "Third")

    one = client_of(bea).get(url("file", bea), {"persona": str(uma.pk)})
    two = client_of(bea).get(url("file", bea), {"persona": [str(uma.pk), str(other)]})

    assert one["Content-Type"] == "application/yaml; charset=utf-8"
    assert one["Content-Disposition"] == 'attachment; filename="uma.yaml"'
    assert "library.yaml" in two["Content-Disposition"]
    assert re.findall(r"^      name: (.*)$", text(one), re.M) == ["Uma"]
    assert sorted(re.findall(r"^      name: (.*)$", text(two), re.M)) == ["Other", "Uma"]


def test_everything_comes_as_json_too(bea: Membership) -> None:
    template(bea)
    mapping.placed(bea, mapping.map_of(bea))

    answer = client_of(bea).get(url("file", bea), {"everything": "1", "format": "json"})

    library = json.loads(text(answer))["library"]
    assert {name: len(items) for name, items in library.items()} == {
        "personas": 1,
        "stakeholders": 1,
        "stakeholder_maps": 1,
    }


def test_a_map_brings_who_stands_on_it(bea: Membership) -> None:
    drawn = mapping.map_of(bea)
    mapping.placed(bea, drawn)
    mapping.stakeholder(bea, "Somebody else")

    answer = text(client_of(bea).get(url("file", bea), {"map": str(drawn.pk)}))

    assert "name: Courier" in answer
    assert "Somebody else" not in answer


def test_what_one_may_not_take_out_is_not_there(bea: Membership, ana: Membership) -> None:
    stranger = make.member()
    foreign, hidden = persona(stranger), mapping.map_of(ana, visibility="hidden")
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    own = persona(bea)

    tries = [
        client_of(bea).get(url("file", bea), {"persona": str(foreign)}),
        client_of(bea).get(url("file", bea), {"persona": "nonsense"}),
        client_of(bea).get(url("file", bea), {"map": str(hidden.pk)}),
        client_of(bea).get(url("file", bea), {"format": "exe"}),
        client_of(viewer).get(url("file", bea), {"persona": str(own)}),
        client_of(viewer).get(url("export", bea)),
        client_of(stranger).get(url("export", bea)),
        client_of(stranger).get(url("import", bea)),
        client_of(viewer).post(url("import", bea), {"text": UMA}),
    ]

    assert [one.status_code for one in tries] == [404] * len(tries)


def test_the_export_page_lists_what_there_is(bea: Membership) -> None:
    uma, drawn = template(bea), mapping.map_of(bea, "Deliveries")

    shown = text(client_of(bea).get(url("export", bea)))

    assert f'value="{uma.pk}"' in shown
    assert f'value="{drawn.pk}"' in shown


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_takes_the_same_queries_however_much_is_in_it(
    count: int, bea: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        template(bea)
        mapping.placed(bea, mapping.map_of(bea), f"Courier {number}")
    client = client_of(bea)
    client.get(url("file", bea))

    with django_assert_num_queries(FILE_QUERIES):
        client.get(url("file", bea), {"everything": "1"})


# Taking in


def look(member: Membership, content: str, **more: str) -> Any:
    return client_of(member).post(url("import", member), {"text": content, **more})


def test_a_file_is_looked_at_and_then_imported(bea: Membership) -> None:
    file = SimpleUploadedFile("library.yaml", UMA.encode())

    seen = client_of(bea).post(url("import", bea), {"file": file, "do": "look"})
    assert (seen.status_code, names(bea.tenant)) == (200, [])
    assert "This would happen" in text(seen)
    token = re.search(r'name="seen" value="(\w+)"', text(seen))
    assert token
    done = look(bea, UMA, do="apply", seen=token[1])

    assert done.status_code == 200
    assert "The file is imported" in text(done)
    assert names(bea.tenant) == ["Uma"]
    with tenant_bound(bea.tenant_id):
        entry = AuditEntry.objects.for_tenant(bea.tenant).get(action="library-imported")
    assert entry.changes == {"new": 1}


def test_a_second_click_imports_nothing_twice(bea: Membership) -> None:
    seen = re.search(r'name="seen" value="(\w+)"', text(look(bea, UMA)))
    assert seen

    answers = [look(bea, UMA, do="apply", seen=seen[1]) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 422]
    assert "Something here has changed since you looked" in text(answers[1])
    assert names(bea.tenant) == ["Uma"]


def test_the_preview_shows_what_was_and_what_would_be(bea: Membership) -> None:
    template(bea)
    edited = exported(bea).replace("name: Uma", "name: <b>Ulla</b>")

    shown = text(look(bea, edited))

    assert "Uma</del>" in shown
    assert "&lt;b&gt;Ulla&lt;/b&gt;</ins>" in shown
    assert 'name="choice.persona.uma"' in shown


def test_a_choice_on_the_page_is_kept(bea: Membership) -> None:
    template(bea)
    edited = exported(bea).replace("name: Uma", "name: Ulla")

    again = text(look(bea, edited, **{"choice.persona.uma": "copy"}))
    done = look(bea, edited, do="apply", **{"choice.persona.uma": "copy"})

    assert '<option value="copy" selected>' in again
    assert done.status_code == 200
    assert names(bea.tenant) == ["Ulla", "Uma"]


@pytest.mark.parametrize("do", ["look", "apply"])
def test_faults_are_listed_with_their_lines(do: str, bea: Membership) -> None:
    answer = look(bea, f"{UMA}      nick: x\n      colour: pink\n", do=do)

    assert answer.status_code == 422
    assert "2 things to correct" in text(answer)
    assert 'data-label="Line">7</td>' in text(answer)
    assert "library.personas[0].nick" in text(answer)
    assert names(bea.tenant) == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose a file, or paste its text."),
        ({"text": "  "}, "Choose a file, or paste its text."),
        ({"text": "x" * 5_000_001}, "longer than 5 MB"),
        ({"file": SimpleUploadedFile("a.yaml", b"\xff\xfe")}, "This is not UTF-8"),
        ({"file": SimpleUploadedFile("a.yaml", b"x" * 5_000_001)}, "files up to 5 MB"),
        ({"text": "a: &a [*a]"}, "Anchors"),
    ],
    ids=["nothing", "blanks", "long text", "no text", "large file", "a bomb"],
)
def test_what_is_no_file_is_refused_in_words(
    sent: dict[str, Any], words: str, bea: Membership
) -> None:
    answer = client_of(bea).post(url("import", bea), sent)

    assert answer.status_code == 422
    assert words in text(answer)


# For programs


class Program:
    """A program with a key of one tenant."""

    def __init__(self, of: Tenant, *rights: Right) -> None:
        _, secret = make.api_key(of=of, rights=rights)
        self.headers = {"X-Api-Key": secret}

    def get(self, query: str = "") -> Any:
        return Client().get(f"/api/v1/library/{query}", headers=self.headers)

    def post(self, body: dict[str, Any], path: str = "", key: str = "") -> Any:
        more = {"Idempotency-Key": key} if key else {}
        return Client().post(
            f"/api/v1/library/{path}",
            body,
            content_type="application/json",
            headers=self.headers | more,
        )


def test_programs_take_out_look_and_take_in(bea: Membership) -> None:
    template(bea)
    there = make.tenant()
    here = Program(bea.tenant, Right.EXPORT_JOURNEYS, Right.EDIT_JOURNEYS)
    program = Program(there, Right.EXPORT_JOURNEYS, Right.EDIT_JOURNEYS)

    file = text(here.get())
    seen = program.post({"text": file}, "preview/")
    assert names(there) == []
    done = program.post({"text": file, "seen": seen.json()["seen"]}, key="once")
    again = program.post({"text": file, "seen": seen.json()["seen"]}, key="once")

    assert file == exported(bea)
    assert [(p["key"], p["becomes"]) for p in seen.json()["parts"]] == [("uma", "new")]
    assert (done.status_code, done.json()) == (200, again.json())
    assert text(program.get()) == file
    assert json.loads(text(program.get("?syntax=json")))["cxmap"] == 1


def test_programs_are_told_every_fault(bea: Membership) -> None:
    program = Program(bea.tenant, Right.EDIT_JOURNEYS)
    body = {"text": f"{UMA}      nick: x\n"}

    seen, refused = program.post(body, "preview/"), program.post(body)

    assert seen.status_code == 200
    assert refused.status_code == 422
    [fault] = seen.json()["faults"]
    assert (fault["line"], fault["path"]) == (7, "library.personas[0].nick")
    assert refused.json()["faults"] == [fault]


def test_programs_without_the_right_get_nothing(bea: Membership) -> None:
    foreign = persona(make.member())
    reading = Program(bea.tenant, Right.SEE_JOURNEYS)
    taking = Program(bea.tenant, Right.EXPORT_JOURNEYS, Right.EDIT_JOURNEYS)

    assert reading.get().status_code == 403
    assert reading.post({"text": UMA}).status_code == 403
    assert reading.post({"text": UMA}, "preview/").status_code == 403
    assert taking.get(f"?personas={foreign}").status_code == 404
    assert taking.get(f"?personas={new_id()}").status_code == 404
    assert taking.get("?personas=nonsense").status_code == 422
    assert taking.get("?syntax=exe").status_code == 422
    assert taking.post({"text": UMA, "choices": {"persona.uma": "eat"}}).status_code == 422


def test_a_program_that_may_not_edit_gets_no_opinions(bea: Membership) -> None:
    drawn = mapping.map_of(bea)
    courier = mapping.placed(bea, drawn)
    mapping.put(bea, drawn, courier.pk, power=4.5, note="Angry")

    told = text(Program(bea.tenant, Right.EXPORT_JOURNEYS).get(f"?maps={drawn.pk}"))

    assert "scope: public" in told
    assert "4.5" not in told
    assert "Angry" not in told


def test_the_schema_is_public(db: None) -> None:
    answer = Client().get("/api/v1/schemas/cxmap-1.json")

    schema = answer.json()
    assert answer["Content-Type"] == "application/schema+json"
    assert schema["$id"] == "urn:wayfare:cxmap:1"
    library = schema["properties"]["library"]["properties"]
    assert {"personas", "stakeholders", "stakeholder_maps"} <= library.keys()


# In the shell


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("cxmap", *words, stdout=out, stderr=out)
    return out.getvalue()


def test_the_shell_takes_out_compares_and_takes_in(bea: Membership, tmp_path: Path) -> None:
    template(bea)
    there = make.member()
    file = tmp_path / "library.yaml"

    run("export", str(file), "--tenant", bea.tenant.slug)
    assert file.read_text() == exported(bea)
    assert run("validate", str(file)) == "The file is right.\n"
    assert (
        run("apply", str(file), "--tenant", there.tenant.slug, "--dry-run") == "new: persona uma\n"
    )
    assert names(there.tenant) == []
    with pytest.raises(SystemExit) as left:
        run("diff", str(file), "--tenant", there.tenant.slug)
    assert left.value.code == 1
    assert run("apply", str(file), "--tenant", there.tenant.slug) == "new: persona uma\n"
    assert exported(there) == file.read_text()
    file.write_text(file.read_text().replace("name: Uma", "name: Ulla"))
    assert run("apply", str(file), "--tenant", there.tenant.slug) == (
        "changed: persona uma\n  Name: Uma → Ulla\n"
    )
    assert run("diff", str(file), "--tenant", there.tenant.slug) == "same: persona uma\n"


def test_the_shell_takes_out_one_persona_as_json(bea: Membership) -> None:
    template(bea)
    persona(bea)

    told = json.loads(run("export", "--tenant", bea.tenant.slug, "--key", "uma", "--json"))

    assert [one["key"] for one in told["library"]["personas"]] == ["uma"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "--tenant", "nobody"], "There is no tenant “nobody”"),
        (["export"], "There is no tenant “”"),
        (["validate", "/no/such/file"], "The file cannot be read"),
    ],
)
def test_the_shell_says_what_is_missing(words: list[str], said: str, db: None) -> None:
    with pytest.raises(CommandError, match=said):
        run(*words)


def test_the_shell_lists_faults(bea: Membership, tmp_path: Path) -> None:
    file = tmp_path / "library.yaml"
    file.write_text(f"{UMA}      nick: x\n")

    for words in (["validate"], ["apply", "--tenant", bea.tenant.slug]):
        with pytest.raises(CommandError, match="1 thing is wrong with the file"):
            run(words[0], str(file), *words[1:])
    with pytest.raises(CommandError, match="There is no persona nobody"):
        run("export", "--tenant", bea.tenant.slug, "--key", "nobody")
