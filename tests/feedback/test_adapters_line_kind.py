"""What a line of a file most likely is."""

from __future__ import annotations

import pytest

from feedback.adapters.line_kind import likely_line, lines_that_fit, moments, own_numbers
from tests.feedback.event_files import profiled

ORDERS = """order_id,customer_id,ordered_at,shipped_at,delivered_estimated_date
o1,c1,2026-01-02 10:00,2026-01-03,2026-01-09
o2,c1,2026-01-03 10:00,,2026-01-10
"""
TICKETS = """ticket_id,account_id,submitted_at,closed_at,satisfaction_score
t1,a1,2026-01-02,2026-01-03,4
t2,a1,2026-01-03,2026-01-05,5
"""
REVIEWS = """review_id,order_id,created_at,answered_at,stars
r1,o1,2026-01-02,2026-01-03,4
r2,o2,2026-01-03,2026-01-05,5
"""
SURVEY = """answered at,How likely are you to recommend us?,Why?
2026-01-02,9,It was quick and friendly
2026-01-03,3,Nobody ever answered the phone
"""
LOG = """case:concept:name,concept:instance,concept:name,time:timestamp,case:enddate
c1,t1,Opened,2026-01-02 10:00,2026-02-02
c1,t2,Opened,2026-01-03 10:00,2026-02-02
c2,t3,Closed,2026-01-04 10:00,2026-02-03
"""
SINGLE = """payment_date,customer_id,method
2026-01-02,c1,card
2026-01-02,c1,cash
"""
PEOPLE = """customer_id,email,signup_date,plan
1,ana@example.org,2026-01-02,pro
2,ben@example.org,2026-01-03,pro
"""
ADDRESSES = "e-mail,city\nana@example.org,Bern\nben@example.org,Bern\n"
ACCOUNTS = """account_id,account_name,industry,signup_date
a1,Acme,Steel,2026-01-02
a2,Borg,Cubes,2026-01-03
"""
CONTRACTS = """subscription_id,account_id,start_date,end_date,mrr_amount
s1,a1,2026-01-02,2026-03-02,20
s2,a1,2026-01-02,,30
"""
NOTHING = "colour,shape\nred,round\nblue,flat\n"


@pytest.mark.parametrize(
    ("content", "has_scores", "line"),
    [
        (ORDERS, False, "order"),
        (TICKETS, True, "order"),
        (REVIEWS, True, "response"),
        (SURVEY, True, "response"),
        (LOG, False, "interaction"),
        (SINGLE, False, "interaction"),
        (PEOPLE, False, "customer"),
        (ADDRESSES, False, "customer"),
        (ACCOUNTS, False, "company"),
        (CONTRACTS, False, "contract"),
        (NOTHING, False, "response"),
    ],
    ids=[
        "orders",
        "tickets-with-a-score",
        "reviews-of-orders",
        "survey",
        "log",
        "one-time",
        "people",
        "addresses",
        "accounts",
        "contracts",
        "nothing-telling",
    ],
)
def test_a_line_is_told_by_its_columns(content: str, *, has_scores: bool, line: str) -> None:
    assert likely_line(profiled(content).columns, has_scores=has_scores) == line


def test_what_is_planned_and_when_somebody_was_born_did_not_happen() -> None:
    rows = "1,2026-01-02,1990-02-03,2026-01-02,2026-01-01"
    content = f"id,due_date,birth_date,promised_at,paid_at\n{rows}\n"

    assert [c.name for c in moments(profiled(content).columns)] == ["paid_at"]


def test_a_number_that_comes_again_or_is_missing_is_not_the_lines_own() -> None:
    content = "order_id,customer_id,invoice_no\no1,c1,1\no2,c1,\n"

    assert [c.name for c in own_numbers(profiled(content).columns)] == ["order_id"]


def test_a_file_without_times_holds_nothing_that_happened() -> None:
    columns = profiled("name,e-mail\nAna,ana@example.org\n").columns

    assert lines_that_fit(columns) == ("response", "customer", "company")
    assert "order" in lines_that_fit(profiled(ORDERS).columns)
