"""Made-up comments: of their tone and language, varied, without holes."""

from __future__ import annotations

from random import Random

import pytest

from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.comments import BETWEEN, BLAME, LANGUAGES, PRAISE, comment
from cxm.web.demo.company import Company
from cxm.web.demo.harbour import HARBOUR


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_has_words_of_both_tones(language: str) -> None:
    topics = {name.removesuffix("-") for name in LANGUAGES[language]} - {"between"}

    for topic in topics:
        assert len(LANGUAGES[language][topic]) >= 2
        assert len(LANGUAGES[language][topic + "-"]) >= 2


@pytest.mark.parametrize("company", [BRIGHTLINE, HARBOUR], ids=lambda company: company.slug)
def test_every_touchpoint_has_a_topic_with_words(company: Company) -> None:
    talks = {talk.topic for talk in company.stories.talks}

    assert {*company.topics.values(), *talks} <= set(LANGUAGES["en"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", [PRAISE, BLAME, BETWEEN])
def test_slots_are_filled(language: str, tone: str) -> None:
    dice = Random(1)  # noqa: S311 - no secret

    texts = {comment(dice, topic="call", tone=tone, language=language) for _ in range(300)}

    assert not any(sign in text for text in texts for sign in "{}")
    assert len(texts) > 60
    assert all(3 < len(text) < 300 for text in texts)


def test_blame_and_praise_differ() -> None:
    dice = Random(1)  # noqa: S311 - no secret

    blame = {comment(dice, topic="shop", tone=BLAME, language="en") for _ in range(100)}
    praise = {comment(dice, topic="shop", tone=PRAISE, language="en") for _ in range(100)}

    assert not blame & praise


def test_topic_without_words_is_an_error() -> None:
    dice = Random(1)  # noqa: S311 - no secret

    with pytest.raises(KeyError):
        comment(dice, topic="weather", tone=BLAME, language="en")
