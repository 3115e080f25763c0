"""Texts are cut into pieces where something stands, and nothing of them is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback.rules.marking import Part, line_at, marked_at
from feedback.rules.text.marks import Piece, pieces_of
from feedback.rules.text.sentiment import Counted

TEXT = "The parcel came late"
SPANS = st.lists(st.tuples(st.integers(-2, 30), st.integers(-2, 30)), max_size=6)


def test_topics_words_that_counted_and_searched_ones_stand_in_their_pieces() -> None:
    pieces = pieces_of(
        TEXT,
        topics={"Delivery": [(4, 10)], "Late": [(4, 20)]},
        counted=[Counted(16, 20, -1.0)],
        searched=[(0, 3)],
    )

    assert pieces == [
        Piece("The", is_hit=True),
        Piece(" "),
        Piece("parcel", ("Delivery", "Late")),
        Piece(" came ", ("Late",)),
        Piece("late", ("Late",), "bad"),
    ]


@given(text=st.text(max_size=25), spans=SPANS, others=SPANS)
def test_no_span_makes_a_text_another(
    text: str, spans: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    pieces = pieces_of(text, topics={"A": spans}, searched=others)

    assert "".join(piece.text for piece in pieces) == text


def test_a_line_is_cut_around_the_first_mark() -> None:
    text = "x" * 300 + " parcel " + "y" * 300

    parts = line_at(text, [(301, 307)], longest=100)

    assert [part for part in parts if part.is_hit] == [Part("parcel", is_hit=True)]
    assert (parts[0].text, parts[-1].text) == ("…", "…")
    assert sum(len(part.text) for part in parts[1:-1]) == 100


def test_a_text_without_marks_is_one_part() -> None:
    assert marked_at(TEXT, []) == [Part(TEXT, is_hit=False)]
    assert marked_at("", []) == []
