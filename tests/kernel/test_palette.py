"""What the command palette asks of its sources."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from cxm.kernel.palette import MOST_FROM_ONE_SOURCE, Hit, Palette


def hit(label: str) -> Hit:
    return Hit(label, "/", "Pages", "map")


def test_all_sources_are_asked_in_order_with_a_clean_query() -> None:
    palette = Palette()
    palette.register(lambda _request, query: [hit(f"first {query}")])
    palette.register(lambda _request, query: [hit(f"second {query}")])

    hits = palette.hits(HttpRequest(), "  checkout ")

    assert [one.label for one in hits] == ["first checkout", "second checkout"]


def test_one_source_cannot_crowd_out_the_others() -> None:
    def greedy(_request: HttpRequest, _query: str) -> Sequence[Hit]:
        return [hit(str(number)) for number in range(100)]

    palette = Palette()
    palette.register(greedy)
    palette.register(lambda _request, _query: [hit("last")])

    hits = palette.hits(HttpRequest(), "")

    assert len(hits) == MOST_FROM_ONE_SOURCE + 1
    assert hits[-1].label == "last"
