"""Who a text is by and where it comes from: 来源, 转自, 作者, 编辑."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attribution:
    """What lines say of a text's origin; None is unknown."""

    origin: str | None = None
    reprinted_from: str | None = None
    author: str | None = None
    editor: str | None = None


_LABELS = {
    "origin": "来源|來源|稿源|信息来源|文章来源|新闻来源",
    "reprinted_from": "转自|轉自|转载自",
    "author": "作者|记者|撰文|文",
    "editor": "责任编辑|责编|编辑|编审",
}
_ALL = "|".join([*_LABELS.values(), "时间|发布时间|日期|阅读|浏览|点击|选择|字号|校对|审核"])
_FIELD = {
    name: re.compile(rf"(?:{labels})\s{{0,4}}[:：]\s{{0,4}}(.{{1,60}}?)(?=\s{{0,20}}(?:{_ALL})|\s{{2,}}|[\])】）|]|$)")
    for name, labels in _LABELS.items()
}


def attribute(line: str) -> Attribution:
    """Reads one line: a byline or a line behind the body."""
    values = {
        name: (found[1].strip() or None) if (found := rule.search(line)) else None for name, rule in _FIELD.items()
    }
    return Attribution(**values)
