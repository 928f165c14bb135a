"""The figures of an archive as pictures, with Chinese characters that show."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from storage.corpus.stats import Count, Statistics

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

    An SVG keeps its text as text and names the fonts that may show it. Raises NoFont for a PNG without a font.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    family = "DejaVu Sans"
    try:
        family = chinese_font()
    except NoFont:
        if form == "png":
            raise
    style: Any = {
        "font.family": [family],
        "svg.fonttype": "none",
        "svg.hashsalt": "panxi",
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with mpl.rc_context(style):
        for picture in _pictures(found):
            figure = Figure(figsize=(9, picture.height), layout="constrained")
            (FigureCanvasSVG if form == "svg" else FigureCanvasAgg)(figure)
            axes = figure.add_subplot()
            axes.set_title(picture.title, loc="left")
            picture.plot(axes)
            path = folder / f"{picture.name}.{form}"
            with warnings.catch_warnings(action="ignore"):  # characters that the family does not have
                figure.savefig(path, dpi=150, metadata={"Date": None} if form == "svg" else {"Software": None})
            if form == "svg":
                path.write_text(_naming_all(path.read_text("utf-8"), family), "utf-8")
            written.append(path)
    return written


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
    paths = tuple(
        Count(name=f"{path.of} → {path.by}{_delay(path.median_hours)}", articles=path.articles, stories=0)
        for path in found.reprints
    )
    for name, title, counts in (
        ("sources", "来源 · articles by source", found.sources),
        ("regions", "地区 · articles by region", found.regions),
        ("industries", "行业 · articles by industry", found.industries),
        ("reprints", "转载路径 · who reprints whom (median delay)", paths),
    ):
        if counts:
            yield _Picture(name, title, 1.5 + 0.28 * len(counts[:TOP]), partial(_bars, counts=counts[:TOP]))
    if found.months:
        yield _Picture("months", "按月 · articles by month of publication", 4, partial(_months, counts=found.months))
    if found.cluster_sizes:
        yield _Picture("clusters", "转载 · clusters by size", 4, partial(_sizes, sizes=found.cluster_sizes))


def _delay(hours: float | None) -> str:
    return "" if hours is None else f"  {hours:g} h"


def _bars(axes: Axes, counts: Sequence[Count]) -> None:
    names = [count.name for count in counts]
    axes.barh(names, [count.articles for count in counts], color=PALE)
    if any(count.stories for count in counts):
        axes.barh(names, [count.stories for count in counts], color=COLOUR, label="without reprints")
        axes.legend(frameon=False)
    axes.invert_yaxis()
    _whole(axes.xaxis)
    axes.tick_params(axis="y", length=0)


def _months(axes: Axes, counts: Sequence[Count]) -> None:
    names = [count.name for count in counts]
    _whole(axes.yaxis)
    axes.bar(names, [count.articles for count in counts], color=PALE)
    axes.bar(names, [count.stories for count in counts], color=COLOUR, label="without reprints")
    axes.legend(frameon=False)
    step = max(1, len(names) // 12)
    axes.set_xticks(range(0, len(names), step), names[::step], rotation=45, ha="right")


def _sizes(axes: Axes, sizes: Sequence[tuple[int, int]]) -> None:
    _whole(axes.yaxis)
    axes.bar([str(size) for size, _ in sizes], [count for _, count in sizes], color=COLOUR)
    axes.set_xlabel("articles in a cluster")
    axes.set_ylabel("clusters")


def _whole(axis: Axis) -> None:
    """There are no half articles."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))
