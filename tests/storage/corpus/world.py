"""A small archive with all that makes exports hard, fed the way a crawl feeds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine

from crawler.items import (
    Article,
    Attachment,
    Damage,
    Image,
    Issue,
    Policy,
    Quote,
    RelatedLink,
    Tag,
    Target,
)
from pipelines.dedupe import fingerprint, same_story
from storage import captures
from storage.clusters import joining
from storage.corpus.export import Done, Means, export
from storage.corpus.options import Options
from storage.db import writing
from storage.raw import Raw
from storage.recording import record_all
from tests.storage.samples import outcome, visit

DAY0 = datetime(2026, 1, 1, 2, 0, tzinfo=UTC)
SOURCES = ("cinic", "pzh", "scgov", None)
NASTY = (
    '=HYPERLINK("http://x","y")', "+1", "-2+3", "@SUM(A1)", "\t=1", "'quoted", '“一区多园”, "直" 引号', "a|b`c", "＝1+1",
    " =1", "换\u2028行", "𠀀𬺈😀", "null", "", "-", "100%_d\\'; DROP",
)  # fmt: skip
"""Titles that break careless formats."""


def story(number: int, **fields: Any) -> Article:
    """One article; its fields vary with its number."""
    chance = Random(number)
    words = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(200))
    title = f"{NASTY[number % len(NASTY)]}{words[:8]}" if number % 3 == 0 else f"攀枝花{words[:8]}消息{number}"
    body = f"攀枝花市第{number}号消息：{words}。\n“第二段”,含逗号\t制表和{NASTY[number % len(NASTY)]}。"
    if "body" in fields:
        body = fields.pop("body")
    title = fields.pop("title", title)
    published = (
        None if number % 11 == 0 else datetime(2018 + number % 4, 1 + number % 12, 28, 16, 30, number % 60, tzinfo=UTC)
    )
    policy = Policy(
        relation="report",
        title=f"关于第{number}号的实施意见",
        documents=(f"关于第{number}号的实施意见",),
        issuers=("攀枝花市人民政府",) if number % 2 else ('甲"乙%', "攀枝花市委"),
        number=f"攀办发〔2020〕{number}号",
        kind="实施意见",
        issued_on=date(2020, 4, 1 + number % 28),
        targets=(
            Target(year=2030, what="产值", value="2000亿元以上"),
            Target(year=None, what="面积", value="20平方公里"),
        ),
        quotes=(Quote(of="title", text="近日，印发", start=3),),
    )
    values: dict[str, Any] = {
        "url": f"http://www.cinic.example/{number}.html",
        "source": SOURCES[number % 4],
        "title": title,
        "title_original": title,
        "body": body,
        "body_original": body.replace("号", "號") if number % 5 == 0 else body,
        "script": "traditional" if number % 5 == 0 else "simplified",
        "content_sha256": sha256(f"{title}\n{body}".encode()).hexdigest(),
        "published_at": published,
        "date_precision": published and "second",
        "origin": "攀枝花日报" if number % 2 else None,
        "rights": f"版权所有 {number % 7}" if number % 3 else None,
        "language": "zh-CN",
        "damage": (Damage(field="body", start=1, end=3, kind="lost-bytes"),) if number % 13 == 0 else (),
        "issues": (Issue(kind="odd", detail=title),) if number % 13 == 0 else (),
        "regions": (
            Tag(code="510402" if number % 2 else "510400", name="攀枝花市", words=("攀枝花", '"code":"99')),
        ),
        "industries": (Tag(code="C32", name="有色金属", words=("钒钛",)),) if number % 2 else (),
        "policy": policy if number % 4 == 1 else None,
        "attachments": (Attachment(url="http://www.cinic.example/a.pdf", name=f"附件{title}", kind="pdf"),),
        "images": (Image(url="http://www.cinic.example/a.png"),) if number % 2 else (),
        "related": tuple(
            RelatedLink(
                position=place,
                title=f"延伸{title}{place}",
                url=f"http://www.cinic.example/{number + place}.html" if place != 2 else None,
                summary="摘要" if place == 1 else None,
                date=date(2017, 9, 12) if place == 1 else None,
                heading="延伸阅读",
            )
            for place in range(1, number % 4 + 1)
        ),
    }  # fmt: skip
    return Article(**(values | fields))


class World:
    """An archive and its folder of raw pages; each feeding is a day later."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.now = DAY0
        self.visits = 0

    def feed(self, *articles: Article, days: float = 1) -> datetime:
        """Records the articles as visits of one later moment each; returns the last."""
        self.now += timedelta(days=days)
        with Raw(self.folder) as raw, writing(self.engine).begin() as conn:
            outcomes = []
            for article in articles:
                self.visits += 1
                self.now += timedelta(seconds=1)
                outcomes.append(outcome(visit(self.visits, article.url), fingerprint(article), when=self.now))
            kept = captures.keep(raw, [one.exchange for one in outcomes], conn)
            record_all(conn, outcomes, kept=kept, after=[joining(same_story)])
        return self.now

    def run(self, sql: str, **values: Any) -> None:
        """Changes the archive by hand."""
        from sqlalchemy import text

        with writing(self.engine).begin() as conn:
            conn.execute(text(sql), values)

    def export(
        self, target: Path, form: str, *, since: Path | None = None, force: bool = False, **options: Any
    ) -> Done:
        chosen = Options(format=form, **options)  # type: ignore[arg-type]
        means = Means(convert=traditional, raw=self.folder, titles={"cinic": "中国产业经济信息网"})
        return export(self.engine, target, chosen, means, force=force, since=since)


def traditional(text: str) -> str:
    """Stands in for OpenCC."""
    return text.replace("号", "號")


def revised(article: Article, body: str, **fields: Any) -> Article:
    """The article with another text."""
    digest = sha256(f"{article.title}\n{body}".encode()).hexdigest()
    return replace(article, body=body, body_original=body, content_sha256=digest, **fields)


def reprint(article: Article, number: int, source: str = "scgov") -> Article:
    """The same text elsewhere, a little later."""
    at = (article.published_at or DAY0) + timedelta(hours=3)
    return replace(
        article, url=f"http://www.sc.example/{number}.html", source=source, published_at=at, reprinted_from="攀枝花日报"
    )


def tree(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def stories(count: int) -> Sequence[Article]:
    return [story(number) for number in range(1, count + 1)]


def filled(world: World) -> World:
    """Sixty articles and three reprints."""
    world.feed(*stories(60))
    world.feed(reprint(story(7), 907), reprint(story(8), 908), reprint(story(7), 917, source="pzh"))
    return world
