"""The command that makes an empty tenant: what its first owner is called."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from cxm.accounts.models import User
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize(
    ("more", "name"), [([], "ada"), (["--owner-name", "Ada Moss"], "Ada Moss")], ids=["none", "one"]
)
def test_an_owner_who_is_new_is_called_as_said_or_as_the_address_begins(
    more: list[str], name: str
) -> None:
    call_command("create_tenant", "fresh", "--name=Fresh", "--owner=Ada@fresh.example", *more)

    assert User.objects.get(email="ada@fresh.example").get_full_name() == name


def test_an_owner_who_has_an_account_keeps_their_name() -> None:
    person = make.user(email="ada@fresh.example")

    call_command(
        "create_tenant", "fresh", "--name=Fresh", f"--owner={person.email}", "--owner-name=Eve"
    )

    person.refresh_from_db()
    assert person.name == ""
