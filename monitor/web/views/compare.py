"""Two texts side by side: a revision and what followed it, an article and its reprint."""

from __future__ import annotations

from typing import Any

from monitor.web.answer import Answer, Asked, Entry, Refused
from monitor.web.diff import Folded, compare, folded
from monitor.web.reads import articles
from monitor.web.reads.articles import Row
from monitor.web.views.article import found


def revision(asked: Asked) -> Answer:
    """Revision ``number`` of an article beside the text that replaced it."""
    row = found(asked)
    earlier = articles.revisions(asked.conn, row["id"])
    number = asked.id("number")
    left = next((one for one in earlier if one["number"] == number), None)
    if left is None:
        raise Refused(404, f"这篇文章没有第 {number} 版。", hint="当前的文字在文章页上。")
    right = next((one for one in earlier if one["number"] == number + 1), None)
    return _compared(
        title=f"修订对比：{row['title']}",
        kind="revision",
        article=row,
        left=_side(left, f"第 {number} 版", left["seen_at"]),
        right=_side(right, f"第 {number + 1} 版", right["seen_at"])
        if right
        else _side(row, f"第 {row['revision']} 版（当前）", row["revised_at"]),
    )


def reprint(asked: Asked) -> Answer:
    """An article beside another one, as a rule of its cluster."""
    row, other = found(asked), found(asked, "other")
    kin = articles.kinship_of(asked.conn, row["id"], other["id"])
    return _compared(
        title=f"转载对比：{row['title']}",
        kind="reprint",
        article=row,
        left=_side(row, row["origin"] or row["source"] or "本文", row["published_at"]) | {"id": row["id"]},
        right=_side(other, other["origin"] or other["source"] or "另一篇", other["published_at"]) | {"id": other["id"]},
        kinship=kin,
    )


def _side(row: Row, name: str, at: Any) -> dict[str, Any]:
    return {"name": name, "at": at, "title": row["title"], "body": row["body"]}


def _compared(
    *, title: str, kind: str, article: Row, left: dict[str, Any], right: dict[str, Any], kinship: Row | None = None
) -> Answer:
    titles = compare(left["title"], right["title"])
    pairs = compare(left["body"], right["body"])
    differ = [pair for pair in (*titles, *pairs) if not pair.same]
    return Answer(
        template="compare.html",
        title=title,
        context={
            "kind": kind,
            "article": article,
            "left": left,
            "right": right,
            "kinship": kinship,
            "titles": titles,
            "pairs": [(pair, isinstance(pair, Folded)) for pair in folded(pairs)],
            "differ": len(differ),
        },
        json=lambda: {"left": left, "right": right, "titles": titles, "pairs": pairs},
        feed=lambda: [
            Entry(
                path=f"/articles/{article['id']}",
                title=title,
                updated=article["changed_at"],
                text="\n".join("".join(span.text for span in pair.right) for pair in differ),
            )
        ],
    )
