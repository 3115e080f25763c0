"""No number without its evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cxm.kernel.figures import (
    NO_INTERVAL,
    IncompleteFigureError,
    Standing,
    require_complete,
    standing,
)
from cxm.web.gallery import SampleFigure

FIGURE = SampleFigure()


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        pytest.param(FIGURE, Standing.SHOWN, id="complete"),
        pytest.param(replace(FIGURE, n=10), Standing.SHOWN, id="ten answers are enough"),
        pytest.param(replace(FIGURE, n=9), Standing.EARLY, id="nine are too few"),
        pytest.param(replace(FIGURE, value=None, n=0), Standing.EMPTY, id="nobody answered"),
        pytest.param(replace(FIGURE, suppressed="small cell"), Standing.HIDDEN, id="hidden"),
    ],
)
def test_a_figure_stands_as_its_answers_allow(figure: SampleFigure, expected: Standing) -> None:
    assert standing(figure) == expected


@pytest.mark.parametrize(
    ("figure", "missing"),
    [
        (replace(FIGURE, ci_low=None), ["ci_low"]),
        (replace(FIGURE, ci_low=None, ci_high=None), ["ci_low", "ci_high"]),
        (replace(FIGURE, n=0), ["n"]),
        (replace(FIGURE, n=0, ci_high=None), ["n", "ci_high"]),
        (replace(FIGURE, n=None), ["n"]),  # type: ignore[arg-type]
        (replace(FIGURE, definition=""), ["definition"]),
        (replace(FIGURE, method=""), ["method"]),
        (replace(FIGURE, as_of=None), ["as_of"]),  # type: ignore[arg-type]
        (replace(FIGURE, rows_url=""), ["rows_url"]),
    ],
)
def test_a_figure_that_lacks_something_is_refused(figure: SampleFigure, missing: list[str]) -> None:
    with pytest.raises(IncompleteFigureError) as refusal:
        require_complete(figure)

    assert refusal.value.missing == missing
    assert str(refusal.value).startswith("Net Promoter Score cannot be shown without: ")


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param(FIGURE, id="complete"),
        pytest.param(replace(FIGURE, value=None, n=0, ci_low=None, ci_high=None), id="no answers"),
        pytest.param(replace(FIGURE, ci_low=None, ci_high=None, method=NO_INTERVAL), id="a count"),
        pytest.param(replace(FIGURE, suppressed="few", ci_low=None, value=None), id="hidden"),
    ],
)
def test_an_honest_figure_passes(figure: SampleFigure) -> None:
    require_complete(figure)
