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

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    table,
    text,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from crawler.items import SHANGHAI
from storage.grams import OFTEN, TITLE, lowered
from storage.query import And, Node, Not, Or, Term, parse, positive
from storage.schema import article

LOOKED_AT: Final = 500
"""Finds that are put in order; more are told as this many."""
SNIPPET: Final = 120
"""Characters of a snippet."""
NEVER: Final = -(2**63)
"""Microseconds since 1970 of what has no date: before all that has."""

Marked = tuple[tuple[str, bool], ...]
"""Text in parts; the second value says whether the part is to be highlighted."""


@dataclass(frozen=True, slots=True)
class Finds:
    """What a query finds, in order; column by column, for there are hundreds of them."""

    ids: tuple[int, ...] = ()
    at: tuple[int, ...] = ()
    """When they were published, in microseconds since 1970, or ``NEVER``."""
    sources: tuple[str | None, ...] = ()
    kinds: tuple[str | None, ...] = ()
    """Of the policy documents they speak of."""
    relations: tuple[str | None, ...] = ()
    """To those documents."""
    more: bool = False
    """Whether there may be more than were looked at."""
    terms: tuple[str, ...] = ()
    """What was looked for, as it stands in the texts."""
    searchable: bool = True
    """False: the query has no character that could be searched for, and nothing was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found, as it is shown."""

    id: int
    url: str
    source: str | None
    title: Marked
    snippet: Marked
    published_at: datetime | None
    date_precision: str | None
    origin: str | None
    cluster: int | None
    relation: str | None

    def to_json(self) -> dict[str, Any]:
        """What ``panxi search --json`` and the web page's JSON tell of it: texts without marks, times in +08:00."""
        return {
            "id": self.id,
            "url": self.url,
            "source": self.source,
            "title": "".join(text for text, _ in self.title),
            "snippet": "".join(text for text, _ in self.snippet),
            "published_at": self.published_at.astimezone(SHANGHAI).isoformat() if self.published_at else None,
            "date_precision": self.date_precision,
            "origin": self.origin,
            "cluster": self.cluster,
        }


def look(
    conn: Connection,
    query: str,
    *,
    fold: Callable[[str], str] = str,
    where: Sequence[ColumnElement[bool]] = (),
    best_first: bool = True,
    by_date: bool = True,
    most: int = LOOKED_AT,
) -> Finds:
    """What the query finds of the articles that meet the conditions on ``storage.schema.article``.

    ``fold`` brings the query to the archive's script (traditional to simplified). No query is an error; the empty one
    finds all, and one without a letter nothing. First come finds with all words in the title, then with one of them
    there, then with one that stands often in the text; each kind by date, the newest first, without date last. Of more
    than ``most`` finds the best are looked at and, of equally good ones, those that came in last; where neither words
    nor ``by_date`` is asked for, simply those that came in last.
    """
    node = parse(query, fold)
    if node is None and query.strip():
        return Finds(searchable=False)
    words = positive(node)
    _steer(conn)
    statement = _packed(_candidates(node, where, conn.dialect.name, by_date=by_date).limit(most), conn.dialect.name)
    rows: list[list[Any]] = []
    for expression in _tiers(node, words, conn.dialect.name, best_first=best_first):
        tier = orjson.loads(conn.execute(statement, {"expression": expression}).scalar_one())
        rows += sorted(tier, reverse=True)
        if len(rows) >= most:
            break
    at, ids, sources, kinds, relations = zip(*rows[:most], strict=True) if rows else [()] * 5
    looked_for = tuple(dict.fromkeys(form for word in words for form in word.forms))
    return Finds(ids, at, sources, kinds, relations, len(rows) >= most, looked_for)


def hits(conn: Connection, ids: Sequence[int], wanted: Sequence[str]) -> tuple[Hit, ...]:
    """The articles with these ids, in this order, as they are shown to who looked for these texts."""
    c = article.c
    columns = (
        c.id, c.url, c.source, c.origin, c.title, c.published_at, c.date_precision, c.cluster_id, c.policy_relation,
        c.body,
    )  # fmt: skip
    rows = {row.id: row for row in conn.execute(select(*columns).where(c.id.in_(ids)))}
    return tuple(
        Hit(
            id=row.id,
            url=row.url,
            source=row.source,
            title=marked(row.title, wanted),
            snippet=snippet(row.body, wanted),
            published_at=row.published_at,
            date_precision=row.date_precision,
            origin=row.origin,
            cluster=row.cluster_id,
            relation=row.policy_relation,
        )
        for row in map(rows.__getitem__, ids)
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a query finds."""

    total: int
    """How many were looked at: all there are, or the most."""
    more: bool
    """Whether there may be more than were looked at."""
    hits: tuple[Hit, ...]
    terms: tuple[str, ...]
    searchable: bool


def search(
    conn: Connection,
    query: str,
    *,
    fold: Callable[[str], str] = str,
    where: Sequence[ColumnElement[bool]] = (),
    limit: int = 20,
    offset: int = 0,
    most: int = LOOKED_AT,
) -> Found:
    """A page of what ``look`` finds, as it is shown."""
    found = look(conn, query, fold=fold, where=where, most=max(most, offset + limit))
    shown = hits(conn, found.ids[offset : offset + limit], found.terms)
    return Found(len(found.ids), found.more, shown, found.terms, found.searchable)


def newest(
    conn: Connection,
    query: str,
    *,
    fold: Callable[[str], str] = str,
    where: Sequence[ColumnElement[bool]] = (),
    limit: int,
) -> list[int]:
    """The ids of what the query finds, those that came in last first."""
    found = look(conn, query, fold=fold, where=where, best_first=False, by_date=False, most=limit)
    return sorted(found.ids, reverse=True)


def condition(query: str, dialect: str, fold: Callable[[str], str] = str) -> ColumnElement[bool]:
    """That an article of ``storage.schema.article`` is found by the query: for exports, counts and facets."""
    node = parse(query, fold)
    if node is None:
        return false() if query.strip() else true()
    return _holds(node, dialect)


def index(conn: Connection, articles: Iterable[tuple[int, str]]) -> None:
    """Put articles (id and ``index_terms``) into the index, or, on PostgreSQL, replace them there."""
    if conn.dialect.name == "sqlite":
        rows: list[dict[str, Any]] = [{"id": number, "grams": terms} for number, terms in articles]
    else:
        rows = [{"id": number, "grams": terms.split()} for number, terms in articles]
    if rows:
        conn.execute(_PUT[conn.dialect.name], rows)


def unindex(conn: Connection, articles: Sequence[tuple[int, str]]) -> None:
    """Take articles (id and the ``index_terms`` that were put in) out of the index."""
    if not articles:
        return
    if conn.dialect.name == "sqlite":
        # A contentless index can't look up what it holds: it has to be told.
        conn.execute(_TAKE, [{"id": number, "grams": terms} for number, terms in articles])
    else:
        gone = text("DELETE FROM article_search WHERE article_id = :id")
        conn.execute(gone, [{"id": number} for number, _ in articles])


def rebuild(conn: Connection, articles: Iterable[tuple[int, str]]) -> None:
    """Make the index anew, of all articles (id and ``index_terms``)."""
    if conn.dialect.name == "sqlite":
        conn.execute(text("INSERT INTO article_search (article_search) VALUES ('delete-all')"))
    else:
        conn.execute(text("DELETE FROM article_search"))
    index(conn, articles)


def holds(conn: Connection, articles: Sequence[tuple[int, str]]) -> set[int]:
    """Those of the articles (id and ``index_terms``) that the index finds by the first of these, or that have none."""
    dialect = conn.dialect.name
    found = set()
    for number, terms in articles:
        first = terms.split(maxsplit=1)[:1]
        key = _index_id(dialect)
        matching = [_matches(literal(_expression(Term(one, (one,)), dialect), Text), dialect) for one in first]
        if not first or conn.execute(select(key).where(*matching, key == number)).first() is not None:
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
    does, and would read all of them for a frequent word; nor that a join article by article can end early.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL enable_seqscan = off"))
        conn.execute(text("SET LOCAL enable_hashjoin = off"))
        conn.execute(text("SET LOCAL enable_mergejoin = off"))


def _candidates(node: Node | None, where: Sequence[ColumnElement[bool]], dialect: str, *, by_date: bool) -> Select[Any]:
    """Those that are found and confirmed, by the index's parameter ``expression`` where it can lead, those first that
    came in last; else those with the latest date.
    """
    if node is None or _wide(node, dialect) is None:
        order = (article.c.published_at.desc().nulls_last(), article.c.id.desc()) if by_date else (article.c.id.desc(),)
        return _LOOKED_AT.where(*where, *([] if node is None else [_holds(node, dialect)])).order_by(*order)
    tests = [*where] if _certain(node) else [*where, _confirmed(node, dialect)]
    return _LED[dialect].where(*tests)


def _packed(statement: Select[Any], dialect: str) -> Select[Any]:
    """The rows as one value of JSON: SQLite's driver gives up the interpreter and waits for it again at every row."""
    rows = statement.subquery().c
    if dialect == "sqlite":
        return select(func.json_group_array(func.json_array(*rows)))
    return select(cast(func.coalesce(func.json_agg(func.json_build_array(*rows)), text("'[]'::json")), Text))


def _tiers(node: Node | None, words: Sequence[Term], dialect: str, *, best_first: bool) -> list[str | None]:
    """Index expressions for all that is found, the best first; nothing is found by two of them."""
    wide = None if node is None else _wide(node, dialect)
    if wide is None or not best_first or not words:
        return [wide]
    title, often = ([_expression(word, dialect, mark) for word in words] for mark in (TITLE, OFTEN))
    best = [_joined(title, "AND", dialect), _joined(title, "OR", dialect), _joined(often, "OR", dialect)]
    tiers = list(dict.fromkeys(best))
    better = [_joined(tiers[:place], "OR", dialect) for place in range(len(tiers) + 1)]
    return [
        _except(_joined([wide, *tiers[place : place + 1]], "AND", dialect), better[place], dialect)
        for place in range(len(tiers) + 1)
    ]


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
            return literal(value=True) if node.exact else _stands(node, dialect)
        case And():
            return and_(*(_confirmed(part, dialect) for part in node.parts))
        case _:
            return _holds(node, dialect)


def _holds(node: Node, dialect: str) -> ColumnElement[bool]:
    match node:
        case Term():
            entry = select(_index_id(dialect)).where(_matches(literal(_expression(node, dialect), Text), dialect))
            found = article.c.id.in_(entry)
            return found if node.exact else and_(found, _stands(node, dialect))
        case And():
            return and_(*(_holds(part, dialect) for part in node.parts))
        case Or():
            return or_(*(_holds(part, dialect) for part in node.parts))
        case Not():
            return not_(_holds(node.part, dialect))


def _stands(term: Term, dialect: str) -> ColumnElement[bool]:
    """The term's text, in small letters, stands in title or body, letter by letter."""
    place: Any = func.instr if dialect == "sqlite" else func.strpos
    texts: list[ColumnElement[str]] = [article.c.body, article.c.title]
    if term.text.upper() != term.text:  # else no letter of it could be a capital there: the texts are read as they are
        texts = [_lower(where, dialect) for where in texts]
    return or_(*(place(where, form) > 0 for where in texts for form in term.forms))


def _lower(plain: ColumnElement[str], dialect: str) -> ColumnElement[str]:
    return func.lower(plain) if dialect == "sqlite" else func.lower(plain.collate("C"))


def _matches(expression: ColumnElement[str], dialect: str) -> ColumnElement[bool]:
    if dialect == "sqlite":
        return column("article_search").op("MATCH")(expression)
    return _INDEX[dialect].c.grams.op("@@")(cast(expression, TSQUERY))


def _expression(term: Term, dialect: str, mark: str = "") -> str:
    if dialect == "sqlite":
        return " AND ".join(f'"{mark}{gram}"' for gram in term.grams) + ("*" if term.prefix else "")
    return " & ".join(f"'{mark}{gram}'" + (":*" if term.prefix else "") for gram in term.grams)


def _joined(parts: Sequence[str], operator: str, dialect: str) -> str:
    sign = operator if dialect == "sqlite" else {"AND": "&", "OR": "|"}[operator]
    return f" {sign} ".join(f"({part})" for part in parts)


def _except(expression: str, other: str, dialect: str) -> str:
    sign = "NOT" if dialect == "sqlite" else "& !"
    return f"({expression}) {sign} ({other})" if other else expression


_INDEX: Final = {
    "sqlite": table("article_search", column("rowid", Integer)),
    "postgresql": table("article_search", column("article_id", Integer), column("grams", TSVECTOR)),
}


def _index_id(dialect: str) -> ColumnElement[int]:
    return _INDEX[dialect].c["rowid" if dialect == "sqlite" else "article_id"]


_LOOKED_AT: Final = select(
    func.coalesce(type_coerce(article.c.published_at, BigInteger), NEVER),
    article.c.id,
    article.c.source,
    article.c.policy_kind,
    article.c.policy_relation,
)


def _led(dialect: str) -> Select[Any]:
    key = _index_id(dialect)
    matching = _matches(bindparam("expression", type_=Text), dialect)
    if dialect == "sqlite":  # FTS5 gives its rows in this order by itself
        statement = _LOOKED_AT.select_from(_INDEX[dialect].join(article, article.c.id == key))
        return statement.where(matching).order_by(key.desc())
    # PostgreSQL puts the candidates in order before it reads an article, so that it reads no more than are wanted. The
    # sum can't be found in an index: the primary key would be walked for the order, and every article's terms read.
    found = select((key + 0).label("id")).where(matching).order_by((key + 0).desc()).offset(0).subquery()
    return _LOOKED_AT.select_from(found.join(article, article.c.id == found.c.id)).order_by(found.c.id.desc())


_LED: Final = {dialect: _led(dialect) for dialect in _INDEX}
_PUT: Final = {
    "sqlite": text("INSERT INTO article_search (rowid, grams) VALUES (:id, :grams)"),
    "postgresql": text(
        "INSERT INTO article_search (article_id, grams) VALUES (:id, array_to_tsvector(:grams)) "
        "ON CONFLICT (article_id) DO UPDATE SET grams = excluded.grams"
    ).bindparams(bindparam("grams", type_=ARRAY(Text))),
}
_TAKE: Final = text("INSERT INTO article_search (article_search, rowid, grams) VALUES ('delete', :id, :grams)")


# --- marks ------------------------------------------------------------------------------------------------


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
