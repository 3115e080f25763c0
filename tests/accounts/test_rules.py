"""What people are called."""

from __future__ import annotations

import pytest

from cxm.accounts.models import User
from cxm.accounts.rules import called


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("Ana Alves", "Ana Alves", id="a-name"),
        pytest.param("  Ana   Alves ", "Ana Alves", id="spaces"),
        pytest.param("", "A member", id="none"),
        pytest.param(" \t", "A member", id="only-spaces"),
        pytest.param("ana.alves@x.example", "A member", id="an-address-is-no-name"),
        pytest.param("Ana <ana@x.example>", "Ana", id="an-address-behind-a-name"),
        pytest.param("Ana @ Acme", "Ana @ Acme", id="a-sign-alone"),
        pytest.param("ana @ x.example", "A member", id="an-address-with-spaces"),
        pytest.param("ana\uff20x.example", "A member", id="an-address-with-a-wide-sign"),
        pytest.param("\u200b\u2060", "A member", id="nothing-to-see"),
        pytest.param("\u200d", "A member", id="a-joiner-alone"),
        pytest.param("\u202enimda", "nimda", id="text-that-is-turned"),
        pytest.param("\u0928\u094d\u200d", "\u0928\u094d\u200d", id="a-joiner-in-a-word"),
    ],
)
def test_a_person_is_called_as_they_chose_and_never_by_an_address(name: str, words: str) -> None:
    assert called(name) == words
    assert User(name=name, email="ana.alves@x.example").get_full_name() == words


def test_who_sees_the_members_is_told_an_address_where_there_is_no_name() -> None:
    quiet, ana = (User(name=name, email="a@x.example") for name in (" ", "Ana"))

    assert (quiet.name_or_address(), ana.name_or_address()) == ("a@x.example", "Ana")
