"""The tags that pages are built from."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from cxm.kernel.charts import Segment, Tone, TrendPoint
from cxm.kernel.figures import IncompleteFigureError
from cxm.kernel.holes import holes
from cxm.web.gallery import SampleChange, SampleFigure
from cxm.web.templatetags.figures import Bar

FIGURE = SampleFigure(rows_url="/rows?period=90d")


def rendered(source: str, **context: object) -> str:
    return Template("{% load wayfare %}" + source).render(Context(context))


def text(html: str) -> str:
    """What is left of markup for a reader: words with single spaces."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("message", "html"),
    [
        ("No marks.", "No marks."),
        ("`a.b` is too deep.", "<code>a.b</code> is too deep."),
        ("Send `x` and `<b>`.", "Send <code>x</code> and <code>&lt;b&gt;</code>."),
        ("One ` alone & <i>", "One ` alone &amp; &lt;i&gt;"),
        ("{0} `{}`", "{0} <code>{}</code>"),
    ],
)
def test_what_stands_between_backticks_is_code(message: str, html: str) -> None:
    assert rendered("{{ message|coded }}", message=message) == html


def test_an_icon_is_hidden_from_screen_readers() -> None:
    html = rendered('{% icon "search" "s" %}')

    assert html == (
        '<svg class="icon icon-s" aria-hidden="true">'
        '<use href="/static/vendor/icons.svg#search"></use></svg>'
    )


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("{% number 12345.5 %}", "12,346"),
        ("{% number -0.25 1 %}", "\u22120.3"),
        ("{% number 4 signed=True %}", "+4"),
        ('{% number 81.44 1 unit="%" %}', "81.4%"),
        ("{% number None %}", "\u2013 no data"),
    ],
)
def test_a_number_is_written_for_people(tag: str, words: str) -> None:
    assert text(rendered(tag)) == words


def test_a_figure_shows_everything_that_makes_it_honest() -> None:
    html = rendered("{% figure score %}", score=FIGURE)

    assert 'href="/rows?period=90d"' in html
    for words in (
        "2,746 answers, between 37 and 43",
        FIGURE.definition,
        "95%, adjusted Wald",
        "21 Nov 2026, 14:05 (Europe/Berlin)",
        "version 1",
    ):
        assert words in text(html)


@pytest.mark.parametrize("tag", ["figure", "figure_inline"])
@pytest.mark.parametrize(
    ("figure", "missing"),
    [
        (replace(FIGURE, definition=""), "definition"),
        (replace(FIGURE, method=""), "method"),
        (replace(FIGURE, rows_url=""), "rows_url"),
        (replace(FIGURE, ci_low=None), "ci_low"),
    ],
)
def test_a_figure_without_its_evidence_is_not_printed(
    tag: str, figure: SampleFigure, missing: str
) -> None:
    with pytest.raises(IncompleteFigureError, match=missing):
        rendered("{% " + tag + " score %}", score=figure)


@pytest.mark.parametrize("tag", ["figure", "figure_inline"])
def test_a_hidden_figure_leads_nowhere_and_says_why(tag: str) -> None:
    hidden = replace(FIGURE, suppressed="Fewer than 5 people answered.", n=3)

    html = rendered("{% " + tag + " score %}", score=hidden)

    assert "Fewer than 5 people answered." in html
    assert "href=" not in html.replace("<use href=", "")
    assert "40" not in text(html)


def test_a_figure_of_few_answers_says_that_it_is_too_early() -> None:
    change = SampleChange("up 4", "up", is_good=True)

    html = rendered("{% figure score change=change %}", score=replace(FIGURE, n=9), change=change)

    assert "Too early to say with fewer than 10 answers" in html
    assert "up 4" not in html


@pytest.mark.parametrize(
    ("change", "looks"),
    [
        (SampleChange("up 4", "up", is_good=True), "is-good"),
        (SampleChange("up 4", "up", is_good=False), "is-bad"),
        (SampleChange("too early to say"), "is-early"),
    ],
)
def test_a_change_stands_beside_the_value_in_words(change: SampleChange, looks: str) -> None:
    html = rendered("{% figure score change=change %}", score=FIGURE, change=change)

    assert f'class="figure-change {looks}"' in html
    assert change.words.lower() in text(html).lower()


def test_two_figures_on_a_page_have_ids_of_their_own() -> None:
    html = rendered("{% figure score %}{% figure score %}", score=FIGURE)

    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == 4
    assert len(set(ids)) == 4


def test_a_figure_in_a_sentence_leaves_no_space_before_the_comma() -> None:
    html = rendered("{% figure_inline score %}, they say", score=FIGURE)

    assert html.startswith("<span")
    assert html.endswith("</span>, they say")


def test_parts_of_a_whole_add_up_to_one_hundred() -> None:
    parts = [Segment("A", 1), Segment("B", 1, Tone.NEUTRAL), Segment("C", 1, url="/c")]

    html = rendered('{% stacked_bar parts "Who" %}', parts=parts)

    assert text(html) == "A 34% B 33% C 33%"
    assert 'aria-label="Who: A 34%, B 33%, C 33%"' in html


def test_parts_of_nothing_say_so() -> None:
    html = rendered('{% stacked_bar parts "Who" %}', parts=[Segment("A", 0)])

    assert 'aria-label="Who: no answers"' in html


def test_a_histogram_says_each_count_and_share() -> None:
    bins = [Segment("9", 1, url="/nine"), Segment("10", 3)]

    html = rendered('{% histogram bins "Scores" %}', bins=bins)

    said, table = text(html).split(" Show as a table ")
    assert said == "Scores, 4 answers 1 9 : 1 answer, 25.0 % 3 10 : 3 answers, 75.0 %"
    assert table == "Score Answers Percent 9 1 25.0 10 3 75.0"


def test_an_empty_histogram_has_no_shares() -> None:
    html = rendered('{% histogram bins "Scores" %}', bins=[Segment("9", 0)])

    assert "9 : no answers, \u2013 %" in text(html)


def test_bars_with_intervals_are_a_table() -> None:
    bars = [
        Bar("Delivery", FIGURE, "/delivery"),
        Bar("Repair", replace(FIGURE, suppressed="Fewer than 5 people answered.")),
        Bar("Store", replace(FIGURE, value=None, n=0, ci_low=None, ci_high=None)),
    ]

    html = rendered('{% whisker_bars bars "NPS" %}', bars=bars)

    rows = [text(row) for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)][1:]
    assert rows == [
        "Delivery 40 37 to 43 2746",
        "Repair Hidden: Fewer than 5 people answered.",
        "Store no answers 0",
    ]


def test_a_trend_is_also_a_table() -> None:
    points = [
        TrendPoint("7 Sep", 31.4, 27, 36, 412, "/a"),
        TrendPoint("14 Sep", None, None, None, 0),
    ]

    html = rendered('{% trend points "NPS" %}', points=points)

    rows = [text(row) for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)][1:]
    assert rows == ["7 Sep 31 27 to 36 412", "14 Sep \u2013 0"]
    assert "NPS. First 7 Sep: 31 (27 to 36), 412 answers. Last 7 Sep" in html
    assert "data-chart-library" not in html


def test_a_trend_says_what_its_values_count() -> None:
    points = [TrendPoint("Sep", 1.5, 1, 2, 412, event="Release <2>")]

    html = rendered('{% trend points "Churn" noun="customer" decimals=1 %}', points=points)

    assert "Sep: 1.5 (1.0 to 2.0), 412 customers" in html
    assert '<th scope="col" class="num">Customers</th>' in html
    assert 'data-nouns="customers"' in html
    assert 'data-event="Release &lt;2&gt;" data-value="1.500000" data-low="1.000000"' in html
    assert "answer" not in html


def test_a_live_trend_names_the_library_that_redraws_it() -> None:
    points = [TrendPoint("7 Sep", 31.4, 27, 36, 412)]

    html = rendered('{% trend points "NPS" goal=40 live=True %}', points=points)

    assert 'data-chart-library="/static/vendor/echarts.min.js"' in html
    assert 'data-goal="40' in html


def test_a_trend_of_nothing_says_so() -> None:
    html = rendered('{% trend points "NPS" %}', points=[])

    assert "NPS: no answers in this period" in html


@pytest.mark.parametrize(
    ("tag", "link"),
    [
        ('{% query_link request channel="web" %}', "?channel=web&period=90d&tag=a&tag=b"),
        ('{% query_link request period="" %}', "?tag=a&tag=b"),
        ("{% query_link request tag=None period=None %}", "?"),
        ("{% query_link request page=3 %}", "?page=3&period=90d&tag=a&tag=b"),
    ],
)
def test_a_filter_link_is_sorted_and_forgets_the_page(tag: str, link: str) -> None:
    request = RequestFactory().get("/?tag=a&tag=b&page=2&period=90d&empty=")

    assert rendered("{% autoescape off %}" + tag + "{% endautoescape %}", request=request) == link


def test_a_hole_shows_its_filling_as_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holes, "_fillings", {"scores": lambda _request, map_: f"<i>{map_}</i>"})
    request = RequestFactory().get("/")

    html = rendered('{% hole "scores" map %}{% hole "unfilled" map %}', request=request, map="m")

    assert html == "<i>m</i>"


def test_an_empty_place_says_what_it_is_for_and_what_to_do() -> None:
    html = rendered(
        '{% empty "No surveys" "Ask one question." %}<a href="/new">New</a>{% endempty %}'
    )

    assert text(html) == "No surveys Ask one question. New"


def test_a_term_explains_itself_in_place() -> None:
    source = '{% explained "why" words %}NPS{% endexplained %},'

    html = rendered(source, words="A score & not a share.")

    assert 'popovertarget="why"' in html
    assert 'id="why"' in html
    assert html.endswith(">A score &amp; not a share.</span>,")
