"""Chinese full text: an index that finds candidates, and the text that confirms them.

Han text is indexed as the set of its overlapping pairs (钒钛磁 as 钒钛, 钛磁), other text as its words. A word of two
characters is then one look-up, and a longer phrase the articles that hold all its pairs and, in fact, the phrase.
So SQLite (FTS5) and PostgreSQL (tsvector) give the same answers, from small indexes that keep no positions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    not_,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from storage.grams import grams, lowered
from storage.query import And, Node, Not, Or, Term, parse, terms
from storage.schema import article

RANKED: Final = 500
"""Hits that are ranked: those stored last. All can be counted and filtered."""
COUNTED: Final = 10_000
"""Hits that are counted; more are told as this many …"""
READ: Final = 2_000
"""… and this many where the texts must be read to know."""
SCORED: Final = 20_000
"""Characters of a body that count for its rank."""
SNIPPET: Final = 120
"""Characters of a snippet."""

Marked = tuple[tuple[str, bool], ...]
"""Text in parts; the second value says whether the part is to be highlighted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found."""

    id: int
    url: str
    source: str | None
    title: Marked
    snippet: Marked
    published_at: datetime | None
    date_precision: str | None
    origin: str | None
    cluster: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query."""

    total: int
    """How many articles it finds, or so many that counting ended."""
    more: bool
    """Whether there may be more than ``total``."""
    hits: tuple[Hit, ...]
    terms: tuple[str, ...]
    """What was looked for, as it stands in the texts."""


def search(
    conn: Connection,
    query: str,
    *,
    fold: Callable[[str], str] = str,
    where: Sequence[ColumnElement[bool]] = (),
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """The articles that the query finds and that meet the conditions on ``storage.schema.article``, the best first.

    ``fold`` brings the query to the archive's script (traditional to simplified). No query is an error; one that
    asks for nothing finds all that meets the conditions, the newest first. A hit ranks by its words in title and
    text, then by its date.
    """
    node = parse(query, fold)
    wanted = terms(node)
    _steer(conn)
    found, key = _candidates(conn, node, where)
    most = COUNTED if node is None or _certain(node) else READ
    total = conn.execute(select(func.count()).select_from(found.limit(most).subquery())).scalar_one()
    ids = found.order_by(key.desc()).limit(max(RANKED, offset + limit)).subquery()
    c = article.c
    rows = conn.execute(
        select(c.id, c.url, c.published_at, c.title, func.substr(c.body, 1, SCORED).label("body")).join(
            ids, ids.c.id == c.id
        )
    ).all()
    scores = {row.id: _score(wanted, row.title, row.body) for row in rows}
    ordered = sorted(rows, key=lambda row: row.url)
    ordered.sort(key=lambda row: (scores[row.id], _seconds(row.published_at)), reverse=True)
    page = [row.id for row in ordered[offset : offset + limit]]
    whole = {row.id: row for row in conn.execute(select(article).where(c.id.in_(page)))}
    hits = tuple(_hit(whole[number], wanted, scores[number]) for number in page)
    return Found(total, total >= most, hits, tuple(wanted))


def newest(
    conn: Connection,
    query: str,
    *,
    fold: Callable[[str], str] = str,
    where: Sequence[ColumnElement[bool]] = (),
    limit: int,
) -> list[int]:
    """The ids of what the query finds, those that came in last first: as ``search``, without rank and count."""
    _steer(conn)
    found, key = _candidates(conn, parse(query, fold), where)
    return list(conn.execute(found.order_by(key.desc()).limit(limit)).scalars())


def condition(query: str, dialect: str, fold: Callable[[str], str] = str) -> ColumnElement[bool]:
    """That an article of ``storage.schema.article`` is found by the query: for exports, counts and facets."""
    node = parse(query, fold)
    return literal(value=True) if node is None else _holds(node, dialect)


def index(conn: Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Put articles (id and text) into the index, or, on PostgreSQL, replace them there."""
    if conn.dialect.name == "sqlite":
        rows: list[dict[str, Any]] = [{"id": number, "grams": " ".join(grams(plain))} for number, plain in texts]
    else:
        rows = [{"id": number, "grams": grams(plain)} for number, plain in texts]
    if rows:
        conn.execute(_PUT[conn.dialect.name], rows)


def unindex(conn: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Take articles (id and the very text that was indexed) out of the index."""
    if not texts:
        return
    if conn.dialect.name == "sqlite":
        # A contentless index can't look up what it holds: it has to be told.
        conn.execute(_TAKE, [{"id": number, "grams": " ".join(grams(plain))} for number, plain in texts])
    else:
        conn.execute(text("DELETE FROM article_search WHERE article_id = :id"), [{"id": number} for number, _ in texts])


def rebuild(conn: Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Make the index anew, of all articles (id and text)."""
    if conn.dialect.name == "sqlite":
        conn.execute(text("INSERT INTO article_search (article_search) VALUES ('delete-all')"))
    else:
        conn.execute(text("DELETE FROM article_search"))
    index(conn, texts)


def holds(conn: Connection, texts: Sequence[tuple[int, str]]) -> set[int]:
    """Those of the articles (id and text) that the index finds by the first of their terms, or that have none."""
    found = set()
    for number, plain in texts:
        first = grams(plain)[:1]
        matching = _matching(Term(first[0], tuple(first)), conn.dialect.name) if first else None
        key = _index_id(conn.dialect.name)
        if matching is None or conn.execute(select(key).where(matching, key == number)).first() is not None:
            found.add(number)
    return found


def marked(plain: str, wanted: Sequence[str]) -> Marked:
    """The text in parts, those that were looked for marked."""
    small = lowered(plain)
    spans = sorted(span for term in wanted for span in _spans(small, term))
    parts: list[tuple[str, bool]] = []
    place = 0
    for start, end in _merged(spans):
        if start > place:
            parts.append((plain[place:start], False))
        parts.append((plain[start:end], True))
        place = end
    if place < len(plain):
        parts.append((plain[place:], False))
    return tuple(parts)


def snippet(body: str, wanted: Sequence[str], size: int = SNIPPET) -> Marked:
    """About ``size`` characters of the body with the most of what was looked for, marked, with … where cut."""
    small = lowered(body)
    starts = sorted({start for term in wanted for start, _ in _spans(small, term, most=50)})
    best = max(starts, key=lambda start: (sum(start <= other < start + size for other in starts), -start), default=0)
    begin = max(0, min(best - size // 4, len(body) - size))
    end = min(len(body), begin + size)
    parts = marked(body[begin:end].replace("\n", " "), wanted)
    return (*((("…", False),) if begin else ()), *parts, *((("…", False),) if end < len(body) else ()))


# --- the query as SQL -------------------------------------------------------------------------------------


def _steer(conn: Connection) -> None:
    """Keep PostgreSQL on its index until the transaction ends.

    Its planner does not know that reading the index terms themselves, out of line, costs far more than the index
    does, and would read all of them for a frequent word.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL enable_seqscan = off"))


def _candidates(
    conn: Connection, node: Node | None, where: Sequence[ColumnElement[bool]]
) -> tuple[Select[Any], ColumnElement[int]]:
    """The ids that the query finds, and the column to order them by; led by the index, where it can lead."""
    dialect = conn.dialect.name
    wide = None if node is None else _wide(node, dialect)
    tests = list(where)
    if node is not None and (wide is None or not _certain(node)):
        tests.append(_confirmed(node, dialect))
    if wide is None:
        return select(article.c.id).where(*tests), article.c.id
    key = _index_id(dialect)
    found = select(key.label("id")).where(_matches(wide, dialect))
    # FTS5 gives its rows in this order by itself. PostgreSQL must not walk the primary key for the order's sake and
    # read every article's terms on its way: a sum it can't find in an index.
    order = key if dialect == "sqlite" else key + 0
    return (found.join(article, article.c.id == key).where(*tests) if tests else found), order


def _wide(node: Node, dialect: str) -> str | None:
    """An index expression that finds all hits, and perhaps more; None where it would be all articles."""
    match node:
        case Term():
            return _expression(node, dialect)
        case And():
            parts = [part for part in (_wide(part, dialect) for part in node.parts) if part is not None]
            return _joined(parts, "AND", dialect) if parts else None
        case Or():
            alternatives = [_wide(part, dialect) for part in node.parts]
            present = [part for part in alternatives if part is not None]
            return _joined(present, "OR", dialect) if len(present) == len(alternatives) else None
        case Not():
            return None


def _certain(node: Node) -> bool:
    """Whether what the index finds needs no confirmation."""
    match node:
        case Term():
            return node.exact
        case And() | Or():
            return all(_certain(part) for part in node.parts)
        case Not():
            return False


def _confirmed(node: Node, dialect: str) -> ColumnElement[bool]:
    """As ``_holds``, of articles that the wide expression found."""
    match node:
        case Term():
            return literal(value=True) if node.exact else _stands(node.text, dialect)
        case And():
            return and_(*(_confirmed(part, dialect) for part in node.parts))
        case _:
            return _holds(node, dialect)


def _holds(node: Node, dialect: str) -> ColumnElement[bool]:
    match node:
        case Term():
            entry = select(_index_id(dialect)).where(_matches(_expression(node, dialect), dialect))
            found = article.c.id.in_(entry)
            return found if node.exact else and_(found, _stands(node.text, dialect))
        case And():
            return and_(*(_holds(part, dialect) for part in node.parts))
        case Or():
            return or_(*(_holds(part, dialect) for part in node.parts))
        case Not():
            return not_(_holds(node.part, dialect))


def _stands(plain: str, dialect: str) -> ColumnElement[bool]:
    """The text stands in title or body, letter by letter."""
    place: Any = func.instr if dialect == "sqlite" else func.strpos
    return or_(*(place(_lower(where, dialect), plain) > 0 for where in (article.c.body, article.c.title)))


def _lower(plain: ColumnElement[str], dialect: str) -> ColumnElement[str]:
    return func.lower(plain) if dialect == "sqlite" else func.lower(plain.collate("C"))


def _matching(term: Term, dialect: str) -> ColumnElement[bool]:
    return _matches(_expression(term, dialect), dialect)


def _matches(expression: str, dialect: str) -> ColumnElement[bool]:
    if dialect == "sqlite":
        return column("article_search").op("MATCH")(expression)
    return _INDEX[dialect].c.grams.op("@@")(cast(literal(expression, Text), TSQUERY))


def _expression(term: Term, dialect: str) -> str:
    if dialect == "sqlite":
        return " AND ".join(f'"{gram}"' for gram in term.grams) + ("*" if term.prefix else "")
    return " & ".join(f"'{gram}'" + (":*" if term.prefix else "") for gram in term.grams)


def _joined(parts: Sequence[str], operator: str, dialect: str) -> str:
    sign = operator if dialect == "sqlite" else {"AND": "&", "OR": "|"}[operator]
    return f" {sign} ".join(f"({part})" for part in parts)


_INDEX: Final = {
    "sqlite": table("article_search", column("rowid", Integer)),
    "postgresql": table("article_search", column("article_id", Integer), column("grams", TSVECTOR)),
}


def _index_id(dialect: str) -> ColumnElement[int]:
    return _INDEX[dialect].c["rowid" if dialect == "sqlite" else "article_id"]


_PUT: Final = {
    "sqlite": text("INSERT INTO article_search (rowid, grams) VALUES (:id, :grams)"),
    "postgresql": text(
        "INSERT INTO article_search (article_id, grams) VALUES (:id, array_to_tsvector(:grams)) "
        "ON CONFLICT (article_id) DO UPDATE SET grams = excluded.grams"
    ).bindparams(bindparam("grams", type_=ARRAY(Text))),
}
_TAKE: Final = text("INSERT INTO article_search (article_search, rowid, grams) VALUES ('delete', :id, :grams)")


# --- rank and marks ---------------------------------------------------------------------------------------


def _score(wanted: Sequence[str], title: str, body: str) -> float:
    """What of the words stands in the title weighs most; in the text each more time weighs less."""
    small_title, small_body = lowered(title), lowered(body)
    norm = 0.5 + len(small_body) / 2000
    score = 0.0
    for term in wanted:
        times = small_body.count(term)
        score += 2.0 * min(small_title.count(term), 2) + times / (times + norm)
    return round(score, 6)


def _seconds(moment: datetime | None) -> float:
    return float("-inf") if moment is None else moment.timestamp()


def _hit(row: Any, wanted: Sequence[str], score: float) -> Hit:
    return Hit(
        id=row.id,
        url=row.url,
        source=row.source,
        title=marked(row.title, wanted),
        snippet=snippet(row.body, wanted),
        published_at=row.published_at,
        date_precision=row.date_precision,
        origin=row.origin,
        cluster=row.cluster_id,
        score=score,
    )


def _spans(small: str, term: str, most: int = 1000) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    place = small.find(term)
    while place >= 0 and len(spans) < most:
        spans.append((place, place + len(term)))
        place = small.find(term, place + len(term))
    return spans


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
