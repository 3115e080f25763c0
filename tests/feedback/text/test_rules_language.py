"""Languages are found in short texts, and left open where nothing tells."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.conf import settings

from feedback.rules.text.language import UNDETERMINED, language_of

DATA = Path(settings.BASE_DIR).parent / "shared/data"
FILES = {
    "fr": (DATA / "nps_retail_fr/nps_redacted.csv", "explication", "latin-1"),
    "pt": (DATA / "olist_b/olist_order_reviews_dataset.csv", "review_comment_message", "utf-8"),
}
FEWEST_RIGHT, EVERY = 0.97, 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The parcel came two days late and nobody helped", "en"),
        ("Die Lieferung kam zwei Tage zu spät an", "de"),
        ("Parkplätze fehlen, sonst alles bestens", "de"),
        ("Il y a très peu de caisses ouvertes", "fr"),
        ("La página se cuelga al pagar", "es"),
        ("Il pacco è arrivato in ritardo", "it"),
        ("Lange wachtrij bij de kassa", "nl"),
        ("Produto veio errado e não responderam", "pt"),
    ],
)
def test_a_sentence_is_enough(text: str, expected: str) -> None:
    assert language_of(text).code == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Very good!",
        "1234567890 1234567890",
        "Очень хороший сервис и быстрая доставка",
        "サービスはとても良かったですがもう少し早く届くと助かります",
        "xq zzkw vvbn ppqr mmnt llkj hhgf",
    ],
)
def test_short_texts_and_other_scripts_are_undetermined(text: str) -> None:
    assert language_of(text) == UNDETERMINED


def test_the_surveys_language_tips_the_scales_and_no_more() -> None:
    doubtful = "Super Service, total professional, top Produkt"
    clear = "The parcel came two days late and nobody helped"

    assert language_of(doubtful, prior="de").code == "de"
    assert language_of(clear, prior="de-AT").code == "en"


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(FILES))
def test_real_texts_are_told(language: str) -> None:
    path, column, encoding = FILES[language]
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    with path.open(encoding=encoding, newline="") as file:
        rows = [row[column] for row in csv.DictReader(file)]
    texts = [text for text in rows if sum(map(str.isalpha, text)) >= 20][::EVERY]

    right = sum(language_of(text).code == language for text in texts)

    assert right / len(texts) >= FEWEST_RIGHT
