"""The figures of an archive as pictures, with Chinese characters that show."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Literal

from storage.corpus.stats import UNKNOWN, Count, Statistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

FAMILIES: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "Heiti SC",
)  # fmt: skip
"""Fonts with simplified and traditional characters, the best first; what an SVG names, so that any reader has one."""
WHEEL: Final = "pylopdf_fonts_zh_cn"
PROOF: Final = "钒鈦攀《，"
TOP: Final = 25
"""Bars of a picture."""
MOST_TICKS: Final = 12
"""Names of months that stand beside each other without touching."""
COLOUR, PALE = "#2b6777", "#c8d8e4"


class NoFont(Exception):  # noqa: N818 - not a fault of the program
    """No font with Chinese characters is there."""


def chinese_font() -> str:
    """The family of a font with Chinese characters: of the system, else of the extra ``charts``. Raises NoFont."""
    from matplotlib import font_manager

    known = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    for family in FAMILIES:
        if family in known and _shows(known[family]):
            return family
    if importlib.util.find_spec(WHEEL) is not None:
        path = str(importlib.import_module(WHEEL).sans_path())
        font_manager.fontManager.addfont(path)
        return font_manager.get_font(path).family_name
    raise NoFont("no font with Chinese characters is installed: pip install 'panxi[charts]', or install Noto Sans CJK")


def _shows(path: str) -> bool:
    from matplotlib import font_manager

    font = font_manager.get_font(path)
    return all(font.get_char_index(ord(character)) for character in PROOF)


def draw(found: Statistics, folder: Path, form: Literal["svg", "png"]) -> list[Path]:
    """Writes a picture a kind of figure into the folder; returns their paths. The same figures give the same bytes.

    An SVG keeps its text as text and names the fonts that may show it. Raises NoFont for a PNG without a font. A disk
    that is full raises OSError and leaves the pictures as they were.
    """
    family = "DejaVu Sans"
    try:
        family = chinese_font()
    except NoFont:
        if form == "png":
            raise
    return _placed({f"{picture.name}.{form}": _drawn(picture, family, form) for picture in _pictures(found)}, folder)


def _drawn(picture: _Picture, family: str, form: Literal["svg", "png"]) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style: Any = {
        "font.family": [family],
        "svg.fonttype": "none",
        "svg.hashsalt": "panxi",
        "text.parse_math": False,
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(9, picture.height), layout="constrained")
        (FigureCanvasSVG if form == "svg" else FigureCanvasAgg)(figure)
        axes = figure.add_subplot()
        axes.set_title(picture.title, loc="left")
        picture.plot(axes)
        file = BytesIO()
        with warnings.catch_warnings(action="ignore"):  # characters that the family does not have
            figure.savefig(file, format=form, dpi=150, metadata={"Date": None} if form == "svg" else {"Software": None})
    if form == "svg":
        return _naming_all(file.getvalue().decode(), family).encode()
    return file.getvalue()


def _placed(drawn: Mapping[str, bytes], folder: Path) -> list[Path]:
    """All are written beside their places before the first is renamed: a full disk leaves no half picture or set."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".panxi-", dir=folder) as beside:
        for name, picture in drawn.items():
            (Path(beside) / name).write_bytes(picture)
        return [(Path(beside) / name).replace(folder / name) for name in drawn]


def _naming_all(svg: str, family: str) -> str:
    """The SVG with every font named that may show its text, not only the one it was laid out with."""
    every = ", ".join(f"'{name}'" for name in dict.fromkeys([family, *FAMILIES])) + ", sans-serif"
    return svg.replace(f"'{family}'", every)


@dataclass(frozen=True, slots=True)
class _Picture:
    name: str
    title: str
    height: float
    plot: Callable[[Axes], None]


def _pictures(found: Statistics) -> Iterator[_Picture]:
    sources = tuple(replace(count, name=found.title(count.name)) for count in found.sources)
    for name, title, counts in (
        ("sources", "Articles by source", sources),
        ("regions", "Articles by region", found.regions),
        ("industries", "Articles by industry", found.industries),
    ):
        if counts:
            yield _Picture(name, _first(title, len(counts)), _height(len(counts)), partial(_bars, counts=counts[:TOP]))
    if found.reprints:
        title = _first("Who reprints whom, with the median delay", len(found.reprints))
        yield _Picture("reprints", title, _height(len(found.reprints)), partial(_paths, found=found))
    if dated := tuple(count for count in found.months if count.name != UNKNOWN):
        undated = sum(count.articles for count in found.months) - sum(count.articles for count in dated)
        title = "Articles by month of publication"
        yield _Picture("months", title, 4, partial(_months, counts=dated, undated=undated))
    if found.cluster_sizes:
        yield _Picture("clusters", "Clusters by size", 4, partial(_sizes, sizes=found.cluster_sizes))


def _first(title: str, number: int) -> str:
    return f"{title} (the first {TOP} of {number:,})" if number > TOP else title


def _height(bars: int) -> float:
    return 1.7 + 0.28 * min(bars, TOP)


def _bars(axes: Axes, counts: Sequence[Count]) -> None:
    places = range(len(counts))  # and not the names: two towns may share one
    axes.barh(places, [count.articles for count in counts], color=PALE, label="all articles")
    axes.barh(places, [count.stories for count in counts], color=COLOUR, label="without reprints")
    _legend(axes)
    _named_bars(axes, [count.name for count in counts])


def _paths(axes: Axes, found: Statistics) -> None:
    paths = found.reprints[:TOP]
    bars = axes.barh(range(len(paths)), [path.articles for path in paths], color=COLOUR)
    axes.bar_label(bars, [path.delay for path in paths], padding=4)
    axes.margins(x=0.12)  # for the delay of the longest
    _named_bars(axes, [" → ".join(found.ends(path)) for path in paths])


def _named_bars(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("articles")
    _whole(axes.xaxis)


def _legend(axes: Axes) -> None:
    """Below the axes, where no bar is."""
    axes.figure.legend(frameon=False, loc="outside lower right", ncols=2)


def _months(axes: Axes, counts: Sequence[Count], undated: int) -> None:
    """On an axis of time: what was not published in a month, or a year, is a gap."""
    months = [_month(count.name) for count in counts]
    first, last = months[0], months[-1]
    axes.bar(months, [count.articles for count in counts], width=0.85, color=PALE, label="all articles")
    axes.bar(months, [count.stories for count in counts], width=0.85, color=COLOUR, label="without reprints")
    _legend(axes)
    places = _month_ticks(first, last)
    axes.set_xticks(places, [_month_label(place, years=places.step % 12 == 0) for place in places])
    spare = max(1.0, (12 - (last - first)) / 2)  # a single month does not fill the picture
    axes.set_xlim(first - spare, last + spare)
    axes.set_xlabel(f"month ({undated:,} without a date left out)" if undated else "month")
    axes.set_ylabel("articles")
    _whole(axes.yaxis)


def _month(name: str) -> int:
    """2020-04 as a number, one more each month."""
    year, month = name.split("-")
    return int(year) * 12 + int(month) - 1


def _month_ticks(first: int, last: int) -> range:
    """At most a dozen months to be named between two, at even distances from January."""
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60, 120, 600) if (last - first) // step < MOST_TICKS), 1200)
    return range(-(-first // step) * step, last + 1, step)


def _month_label(month: int, *, years: bool) -> str:
    return f"{month // 12:04}" if years else f"{month // 12:04}-{month % 12 + 1:02}"


def _sizes(axes: Axes, sizes: Sequence[tuple[int, int]]) -> None:
    axes.bar([size for size, _ in sizes], [count for _, count in sizes], color=COLOUR)
    axes.set_xlim(1.4, max(sizes[-1][0], 6) + 0.6)
    axes.set_xlabel("articles in a cluster")
    axes.set_ylabel("clusters")
    _whole(axes.xaxis)
    _whole(axes.yaxis)


def _whole(axis: Axis) -> None:
    """There are no half articles."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))
