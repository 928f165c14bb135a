"""An archive of any size, filled with made articles through the archive's own door: for the page's tests and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from random import Random

from sqlalchemy import Connection, Engine, insert, update

from benchmarks.prose import paragraphs, title
from crawler.items import Article, Evidence, Exchange, Link, Outcome, Policy, Quote, RelatedLink, Tag, Target, Visit
from storage import captures, frontier, runs
from storage.db import writing
from storage.raw import Raw
from storage.recording import record_all
from storage.schema import alert, article, cluster, delivery, kinship, policy_article, policy_record, source, watch

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""The day on which a made archive was last crawled."""
BATCH = 1_000
SOURCES = ("cinic", "panzhihua", "scgov", "pzhnews")
ORIGINS = ("攀枝花日报", "四川日报", "中国产业经济信息网", "新华网", "经济日报")
REGIONS = (
    ("510400", "攀枝花市"), ("510402", "东区"), ("510403", "西区"), ("510411", "仁和区"), ("510421", "米易县"),
    ("510422", "盐边县"), ("510000", "四川省"), ("513400", "凉山彝族自治州"),
)  # fmt: skip
INDUSTRIES = (
    ("C32", "有色金属冶炼"),
    ("A01", "农业"),
    ("D44", "电力、热力生产"),
    ("B08", "黑色金属矿采选业"),
    ("Q84", "卫生康养"),
)
KINDS = ("意见", "通知", "实施意见", "公告", "办法")
ISSUERS = ("攀枝花市人民政府", "中共攀枝花市委", "攀枝花市人民政府办公室", "四川省人民政府")

Text = Callable[[int], tuple[str, list[str]]]
"""Number of an article to its title and paragraphs."""


def prose(number: int) -> tuple[str, list[str]]:
    """Title and paragraphs from a small vocabulary."""
    return title(number), paragraphs(number)


def made(number: int, *, text: Text = prose, span: timedelta = timedelta(days=12 * 365)) -> Article:
    """Article ``number``: always the same. Its date lies within ``span`` before ``NOW``."""
    random = Random(f"article {number}")
    heading, lines = text(number)
    body = "\n".join(lines)
    name = SOURCES[min(int(random.expovariate(1.2)), 3)]
    regions = random.sample(REGIONS, random.choice((1, 1, 2, 3)))
    industries = random.sample(INDUSTRIES, random.choice((0, 1, 1, 2)))
    origin = random.choice(ORIGINS)
    article = Article(
        url=address(number, name),
        source=name,
        title=heading,
        title_original=heading,
        body=body,
        body_original=body,
        script="simplified",
        content_sha256=sha256(f"{heading}\n{body}".encode()).hexdigest(),
        published_at=NOW - span * random.random(),
        date_precision="minute",
        origin=origin,
        author=None if random.random() < 0.7 else "本报记者",
        related=tuple(
            RelatedLink(
                position=place, title=text(other)[0], url=address(other), summary=None, date=date(2024, 5, place)
            )
            for place, other in enumerate((max(1, number - 1), number // 2 + 1, number // 3 + 2), 1)
            if other != number
        ),
        regions=tuple(Tag(code=code, name=region, words=(region,)) for code, region in regions),
        industries=tuple(Tag(code=code, name=industry, words=(industry[:2],)) for code, industry in industries),
        evidence=(
            Evidence(field="title", how="selector", where="h1", value=heading),
            Evidence(field="published_at", how="pattern", where="时间：", value="时间:2020-04-11"),
            Evidence(field="origin", how="pattern", where="来源：", value=f"来源:{origin}"),
        ),
    )
    return replace(article, policy=_policy(number, random, body)) if number % 25 == 0 else article


def address(number: int, name: str | None = None) -> str:
    """The address of article ``number``."""
    if name is None:
        name = SOURCES[min(int(Random(f"article {number}").expovariate(1.2)), 3)]
    return f"http://www.{name}.example/xy/sc/{number}.html"


def fill(engine: Engine, count: int, *, text: Text = prose, first: int = 1) -> None:
    """Records the articles ``first`` to ``first + count - 1``."""
    for begin in range(first, first + count, BATCH):
        numbers = range(begin, min(begin + BATCH, first + count))
        outcomes = _outcomes([made(number, text=text) for number in numbers], count=first + count, begin=begin)
        with writing(engine).begin() as conn:
            record_all(conn, list(outcomes), kept=[None] * len(numbers))


def keep(
    engine: Engine, item: Article, at: datetime = NOW, *, page: bytes | None = None, raw: Raw | None = None
) -> int:
    """Records one article, with its raw page where one is given; returns its id."""
    with writing(engine).begin() as conn:
        visit = _visit(conn, item.url, item.source, at)
        exchange = None if page is None else _exchange(item.url, page, at)
        kept = captures.keep(raw, [exchange], conn) if raw is not None else [None]
        outcome = Outcome(visit=visit, state="done", url=item.url, fetched_at=at, status=200, article=item)
        number = record_all(conn, [outcome], kept=kept)[0].article_id
    assert number is not None
    return number


def furnish(engine: Engine) -> None:
    """Adds to articles 1–60 what crawling and telling leave behind: a cluster, records, runs, a watch, deliveries."""
    with writing(engine).begin() as conn:
        _cluster(conn)
        _records(conn)
        _runs(conn)
        _alerts(conn)


# --- pieces -----------------------------------------------------------------------------------------------


def _outcomes(items: list[Article], *, count: int, begin: int) -> Iterator[Outcome]:
    for place, item in enumerate(items):
        seen = NOW - timedelta(hours=720) * (1 - (begin + place) / count)
        with_visit = _bare_visit(begin + place, item, seen)
        yield Outcome(visit=with_visit, state="done", url=item.url, fetched_at=seen, status=200, article=item)


def _bare_visit(number: int, item: Article, seen: datetime) -> Visit:
    return Visit(id=number, url=item.url, source=item.source, kind="article", depth=0, attempts=0, first_seen_at=seen)


def _visit(conn: Connection, url: str, name: str | None, at: datetime) -> Visit:
    frontier.put(conn, [Link(url=url, source=name, kind="article", depth=0, again=True)], now=at)
    return frontier.claim(conn, owner="made/1/0", now=at, lease=timedelta(minutes=5), limit=1)[0]


def _exchange(url: str, page: bytes, at: datetime) -> Exchange:
    return Exchange(
        url=url,
        method="GET",
        request_headers=((b"User-Agent", b"panxi"),),
        status=200,
        reason="OK",
        headers=((b"Content-Type", b"text/html; charset=utf-8"),),
        body=page,
        fetched_at=at,
    )


def _policy(number: int, random: Random, body: str) -> Policy:
    sentence = body.split("。", 1)[0] + "。"
    name = f"关于推进钒钛产业高质量发展的若干措施（{number}）"
    return Policy(
        relation=random.choice(("document", "report", "report", "interpretation")),
        title=name,
        documents=(name,),
        issuers=tuple(random.sample(ISSUERS, random.choice((1, 1, 2)))),
        number=f"攀办发〔{random.randint(2016, 2026)}〕{number}号",
        kind=random.choice(KINDS),
        issued_on=date(random.randint(2016, 2026), random.randint(1, 12), random.randint(1, 28)),
        targets=(Target(year=2030, what="工业总产值", value="2000亿元以上"),),
        quotes=(Quote(of="title", text=sentence, start=0),),
    )


def _cluster(conn: Connection) -> None:
    number = conn.execute(
        insert(cluster).values(canonical_article_id=1, size=3, changed_at=NOW).returning(cluster.c.id)
    ).scalar_one()
    conn.execute(update(article).where(article.c.id.in_((1, 2, 3))).values(cluster_id=number))
    conn.execute(update(article).where(article.c.id.in_((2, 3))).values(canonical=False, relation="reprint"))
    conn.execute(
        insert(kinship),
        [
            {
                "article_id": 1,
                "other_id": other,
                "relation": "reprint",
                "similarity": 0.93,
                "containment": 0.98,
                "joins": True,
            }
            for other in (2, 3)
        ],
    )


def _records(conn: Connection) -> None:
    for number in (25, 50):
        policy = made(number).policy
        assert policy is not None
        record = conn.execute(
            insert(policy_record)
            .values(
                key=policy.number,
                title=policy.title,
                number=policy.number,
                issuers=policy.issuers,
                kind=policy.kind,
                issued_on=policy.issued_on,
                first_seen_at=NOW,
                changed_at=NOW,
                detail=policy,
            )
            .returning(policy_record.c.id)
        ).scalar_one()
        conn.execute(
            insert(policy_article),
            [
                {"record_id": record, "article_id": one, "relation": role, "seen_at": NOW}
                for one, role in ((number, "document"), (number + 1, "report"), (number + 2, "interpretation"))
            ],
        )


def _runs(conn: Connection) -> None:
    for hours in (30, 24, 18, 12, 6):
        begun = NOW - timedelta(hours=hours)
        number = runs.start(conn, "cinic", begun)
        counts = {"requests": 120 + hours, "new": 8, "failures": 1}
        runs.finish(conn, number, "finished", None, begun + timedelta(minutes=4), counts)
    conn.execute(update(source).where(source.c.name == "cinic").values(state="ok"))
    conn.execute(
        insert(source).values(
            name="panzhihua",
            last_run_at=NOW - timedelta(hours=3),
            state="layout changed",
            detail={"reason": "正文字段近 20 篇为空"},
        )
    )


def _alerts(conn: Connection) -> None:
    rule = {"words": "钒钛", "scope": "announcements"}
    watched = conn.execute(
        insert(watch).values(name="攀枝花政策", rule=rule, channels=["mail"], created_at=NOW).returning(watch.c.id)
    ).scalar_one()
    for place, state in enumerate(("sent", "waiting", "dead")):
        told = conn.execute(
            insert(alert)
            .values(
                key=f"made-{place}",
                watch_id=watched,
                kind="new",
                article_id=25,
                record_id=1,
                title="新政策：钒钛",
                payload={},
                created_at=NOW - timedelta(hours=place),
            )
            .returning(alert.c.id)
        ).scalar_one()
        error = "SMTP 550: mailbox unavailable" if state == "dead" else None
        conn.execute(
            insert(delivery).values(alert_id=told, channel="mail", state=state, attempts=place, last_error=error)
        )
