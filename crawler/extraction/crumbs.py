"""The path of columns above an article."""

from __future__ import annotations

import re

from crawler.extraction.blocks import Block

_LABEL = re.compile(
    r"^.{0,6}?(?:当前|現在|现在|所在|您的|目前|你的).{0,4}?位[置於]\s*(?:是|為|为)?\s*[:：>]*\s*|^\s*位置\s*[:：]\s*"
)
_BETWEEN = re.compile(r"\s*(?:>+|›|»|→|＞|-{2,}|≫|/|\s-\s|\|)\s*")
_ENDS = frozenset(
    {
        "正文",
        "详情",
        "内容",
        "详细内容",
        "文章",
        "首页",
        "主页",
        "网站首页",
        "首頁",
        "信息内容",
        "内容页",
        "浏览文章",
        "查看",
        "详细页",
        "详细信息",
    }
)


def find(blocks: list[Block], before: int, title: str) -> tuple[str, ...]:
    """The names of the columns from the outermost in, without the home page, the title and 正文."""
    for index, block in enumerate(blocks[:before]):
        text = block.said
        labelled = _LABEL.match(text)
        if len(text) > 120 + len(title) or not (labelled or (block.links and re.match(r"首[页頁]\s*\S", text))):
            continue
        parts = _BETWEEN.split(_LABEL.sub("", text))
        for follower in blocks[index + 1 : index + 6]:  # a crumb an element
            if not _BETWEEN.match(follower.said):
                break
            parts.extend(_BETWEEN.split(follower.said))
        if len(parts) == 1 and not labelled:
            continue  # a menu
        names = [part.strip() for part in parts]
        found = tuple(name for name in names if name and name not in _ENDS and name != title and len(name) <= 20)  # noqa: PLR2004
        if found:
            return found
    return ()
