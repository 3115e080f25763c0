"""Pictures of pages made ready for paper: of their own size, with colours instead of classes."""

from __future__ import annotations

import re

# As static/css/figures.css draws them, in the light colours of static/css/tokens.css.
_THREAD = 'fill="none" stroke="#0f6468" stroke-linecap="round" stroke-linejoin="round"'
_LOOKS = {
    "thread-line": f'{_THREAD} stroke-width="1.6"',
    "thread-knot": f'{_THREAD} stroke-width="4.5"',
    "thread-knot is-early": f'{_THREAD.replace("#0f6468", "#6b7a80")} stroke-width="4.5"',
    "thread-band": 'fill="#d9e7e6"',
    "grid-line": 'stroke="#d9deda" stroke-width="0.6"',
    "goal-line": 'stroke="#55656b" stroke-width="0.9" stroke-dasharray="2 4"',
}
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_PATH = re.compile(r'(?<= d=")[^"]*')
_PAIR = re.compile(r"(-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)")
_END = re.compile(r'(?<= )([xy])([12])="(-?[\d.]+)"')
_CLASS = re.compile(r' class="([^"]*)"')


def on_paper(svg: str, *, width: float, height: float) -> bytes:
    """Give the picture of a trend that stands for itself, *width* by *height* points large.

    Pages stretch such pictures and keep their lines thin, which paper cannot: here the places are
    stretched instead. *svg* is what `cxm.kernel.charts.trend` drew. Raises ValueError for a
    picture without a size.
    """
    found = _VIEW.search(svg)
    if found is None:
        message = "this picture has no size"
        raise ValueError(message)
    across, down = width / float(found[1]), height / float(found[2])

    def moved(pair: re.Match[str]) -> str:
        return f"{float(pair[1]) * across:.2f} {float(pair[2]) * down:.2f}"

    def end(one: re.Match[str]) -> str:
        by = across if one[1] == "x" else down
        return f'{one[1]}{one[2]}="{float(one[3]) * by:.2f}"'

    drawn = _PATH.sub(lambda path: _PAIR.sub(moved, path[0]), svg)
    drawn = _END.sub(end, drawn)
    drawn = _CLASS.sub(lambda name: f" {_LOOKS[name[1]]}" if name[1] in _LOOKS else "", drawn)
    size = f'xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
    drawn = _VIEW.sub(f'{size}viewBox="0 0 {width:g} {height:g}"', drawn, count=1)
    return drawn.encode()
