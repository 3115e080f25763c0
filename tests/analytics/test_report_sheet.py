"""A report on paper, whatever shape its tables have."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.selectors.report_sheets import TEMPLATE
from cxm.kernel.typesetting.setting import typeset_pdf
from tests import make
from tests.analytics.reporting import pdf_text

pytestmark = pytest.mark.slow


def told(*columns: str) -> dict[str, Any]:
    """Tell a report of one part with one table of one row, which has a word for each column."""
    table = {"title": "Alerts", "columns": columns, "rows": [[f"in {name}" for name in columns]]}
    section = {
        "title": "What rang",
        "sentences": [],
        "figures": [],
        "tables": [table],
        "picture": None,
        "about": "",
        "href": "",
    }
    return {
        "title": "Monday figures",
        "author": "Acme",
        "lang": "en",
        "as_of": "As of now",
        "left_out": "",
        "sections": [section],
        "footer": ["Acme"],
    }


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_table_of_any_number_of_columns_is_set(count: int) -> None:
    columns = ["one", "two", "three", "four", "five"][:count]

    words = pdf_text(typeset_pdf(TEMPLATE, told(*columns), at=make.NOW, pictures={}))

    assert all(f"in {name}" in words for name in columns)
