"""Watches: a reader's saved questions, as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from importlib.resources import files
from typing import Any, Final, Literal, cast, get_args

from sqlalchemy import Connection, delete, insert, select, update

from crawler.items import Article, Policy
from storage import sql
from storage.clusters import copied
from storage.grams import lowered
from storage.query import parse, problem, stands
from storage.schema import article as article_table
from storage.schema import watch as watch_table

Fold = Callable[[str], str]
Asks = Callable[["Rule", "Subject"], bool]
"""``match`` with what brings writings together."""
"""Brings a reader's words to the script of the archive."""

Scope = Literal["documents", "announcements", "policy", "articles", "operations"]
Digest = Literal["each", "hourly", "daily"]

RELATIONS: Final[Mapping[str, frozenset[str]]] = {
    "documents": frozenset({"document", "draft", "repeal"}),
    "announcements": frozenset({"document", "report", "draft", "repeal"}),
    "policy": frozenset({"document", "report", "draft", "repeal", "interpretation"}),
    "operations": frozenset(),
}
"""What an article may be to a document for each scope; ``articles`` takes any article, ``operations`` none: it is
told of sources (``monitor.health``)."""


LONGEST_NAME: Final = 100


class RuleError(ValueError):
    """A rule that can't be read, with what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a watch asks for. Given fields must all hold; of a field's several values one is enough."""

    scope: Scope = "announcements"
    """documents: the text itself; announcements: reports too; policy: interpretations too; articles: any article."""
    regions: tuple[str, ...] = ()
    """Names (攀枝花) or codes; a code stands for what lies in it: 5104 for 510411."""
    issuers: tuple[str, ...] = ()
    """Parts of an issuer's name: 攀枝花, 市政府."""
    kinds: tuple[str, ...] = ()
    """Kinds of document, as a part of theirs: 意见, 规划."""
    sources: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    """Codes of GB/T 4754; a code stands for what lies in it: C32 for C3240."""
    words: str | None = None
    """Words with AND OR NOT and brackets, in either script, as in ``panxi search``."""
    follow_ups: bool = False
    """Whether to tell of further reports and interpretations of a document that was told."""
    revisions: bool = True
    """Whether to tell when the page of a document that was told changes, with the sentences that did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A rule with a name, and where its alerts go."""

    id: int
    name: str
    rule: Rule
    channels: tuple[str, ...]
    digest: Digest
    active: bool
    created_at: datetime
    baseline_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A watch whose row can't be read, as one that a newer version saved: it tells nothing until it can be."""

    name: str
    active: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a rule looks at."""

    title: str
    body: str
    source: str | None
    regions: tuple[tuple[str, str], ...]
    """Code and name."""
    industries: tuple[str, ...]
    """Codes."""
    relation: str | None
    issuers: tuple[str, ...]
    kinds: tuple[str, ...]
    documents: tuple[str, ...]


def subject(article: Article) -> Subject:
    """An article as rules see it."""
    policy = article.policy
    return Subject(
        title=article.title,
        body=article.body,
        source=article.source,
        regions=tuple((tag.code, tag.name) for tag in article.regions),
        industries=tuple(tag.code for tag in article.industries),
        relation=policy.relation if policy else None,
        issuers=policy.issuers if policy else (),
        kinds=_kinds(policy),
        documents=policy.documents if policy else (),
    )


def _kinds(policy: Policy | None) -> tuple[str, ...]:
    if policy is None:
        return ()
    return tuple(kind for kind in (policy.kind, policy.statutory_kind, policy.carried_kind) if kind)


def subject_of_row(row: Mapping[str, Any]) -> Subject:
    """An article of the archive as rules see it: a row with title, body, source, regions, industries and policy."""
    policy = row["policy"] or {}
    return Subject(
        title=row["title"],
        body=row["body"],
        source=row["source"],
        regions=tuple((tag["code"], tag["name"]) for tag in row["regions"]),
        industries=tuple(tag["code"] for tag in row["industries"]),
        relation=policy.get("relation"),
        issuers=tuple(policy.get("issuers", ())),
        kinds=tuple(kind for name in ("kind", "statutory_kind", "carried_kind") if (kind := policy.get(name))),
        documents=tuple(policy.get("documents", ())),
    )


def match(rule: Rule, article: Subject, *, fold: Fold = str, organ: Fold = str) -> bool:
    """Whether the article is one that the rule asks for; ``organ`` brings the names of one organ together."""
    return _fits(rule, article, organ) and _says(rule.words, article, fold)


def _fits(rule: Rule, article: Subject, organ: Fold) -> bool:
    if rule.scope != "articles" and article.relation not in RELATIONS[rule.scope]:
        return False
    if rule.sources and article.source not in rule.sources:
        return False
    if rule.kinds and not any(wanted in kind for wanted in rule.kinds for kind in article.kinds):
        return False
    if rule.issuers and not any(_is_of(wanted, name, organ) for wanted in rule.issuers for name in article.issuers):
        return False
    if rule.industries and not any(code.startswith(rule.industries) for code in article.industries):
        return False
    return not rule.regions or any(_in_region(wanted, article) for wanted in rule.regions)


def _says(words: str | None, article: Subject, fold: Fold) -> bool:
    node = None if words is None else parse(words, fold)
    return node is None or stands(node, lowered(f"{article.title}\n{article.body}"))


def _is_of(wanted: str, name: str, organ: Fold) -> bool:
    """Whether an issuer is, or is of, the organ that is asked for under any of its names: 市发改委."""
    return _plain(wanted) in _plain(name) or organ(wanted) in organ(name)


def _plain(organ: str) -> str:
    return re.sub(r"\s|中共|中国共产党", "", organ).replace("人民政府", "政府").replace("委员会", "委")


def _in_region(wanted: str, article: Subject) -> bool:
    if wanted.isdigit():
        code = re.sub("(?:00)+$", "", wanted) if len(wanted) == 6 else wanted  # noqa: PLR2004 - GB/T 2260
        return any(own.startswith(code) for own, _ in article.regions)
    named = (article.title, *article.issuers, *article.documents, *(name for _, name in article.regions))
    return any(wanted in text for text in named)


def rule_of(data: Mapping[str, Any]) -> Rule:
    """A rule from its data; raises RuleError for a field or a value that does not exist."""
    if not isinstance(data, Mapping):
        raise RuleError(f"A rule has fields: {data!r}")
    known = {field.name for field in fields(Rule)}
    if strange := sorted(set(data) - known):
        raise RuleError(f"No such field of a rule: {', '.join(strange)}; there are {', '.join(sorted(known))}")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    rule = Rule(**cast("dict[str, Any]", values))
    if rule.scope not in get_args(Scope):
        raise RuleError(f"scope is {rule.scope!r}, not one of {', '.join(get_args(Scope))}")
    for name in ("follow_ups", "revisions"):
        if not isinstance(getattr(rule, name), bool):
            raise RuleError(f"{name} is {getattr(rule, name)!r}, not yes or no")
    for name in ("regions", "issuers", "kinds", "sources", "industries"):
        entries = getattr(rule, name)
        if not isinstance(entries, tuple) or not all(isinstance(one, str) and one for one in entries):
            raise RuleError(f"{name} is not a list of words: {entries!r}")
    if rule.words is not None and (not isinstance(rule.words, str) or parse(rule.words) is None):
        raise RuleError(f"No words in {rule.words!r}")
    return rule


def sensible(rule: Rule) -> Rule:
    """The rule; raises RuleError where it asks of sources what only articles have."""
    names = ("regions", "issuers", "kinds", "industries", "words")
    if rule.scope == "operations" and (idle := [name for name in names if getattr(rule, name)]):
        raise RuleError(f"a watch of operations is told of sources, and has no {', '.join(idle)}")
    return rule


def profile() -> dict[str, Rule]:
    """The watches that the profile brings, by name: ``pipelines/data/watches.toml``."""
    data = tomllib.loads((files("pipelines") / "data" / "watches.toml").read_text("utf-8"))
    return {
        entry["name"]: rule_of({name: value for name, value in entry.items() if name != "name"})
        for entry in data.get("watch", ())
    }


# --- in the archive ---------------------------------------------------------------------------------------


def ensure(conn: Connection, rules: Mapping[str, Rule], *, now: datetime) -> None:
    """Put the profile's watches into the archive where they are not; one that was removed stays off."""
    for name, rule in rules.items():
        values = {"name": name, "rule": asdict(rule), "channels": [], "created_at": now, "baseline_at": now}
        conn.execute(sql.insert(conn, watch_table).values(values).on_conflict_do_nothing(index_elements=["name"]))


def add(
    conn: Connection,
    name: str,
    rule: Rule,
    *,
    now: datetime,
    channels: tuple[str, ...] = (),
    digest: Digest = "each",
) -> Watch:
    """Save a watch. What the archive holds already is not told. Raises RuleError where the name is empty or taken.

    As every change of a watch it waits for those that write articles: from its commit on each article is matched.
    """
    sql.one_recorder(conn)
    if rule.words is not None and (trouble := problem(rule.words)) is not None:
        raise RuleError(trouble)
    sensible(rule)
    if not name.strip() or not name.isprintable():
        raise RuleError(f"a watch can't be called {name!r}")
    if len(name) > LONGEST_NAME:
        raise RuleError(f"a watch's name has at most {LONGEST_NAME} characters, not {len(name)}")
    if digest not in get_args(Digest):
        raise RuleError(f"digest is {digest!r}, not one of {', '.join(get_args(Digest))}")
    if by_name(conn, name) is not None:
        raise RuleError(f"There is a watch {name!r} already")
    values = {
        "name": name,
        "rule": asdict(rule),
        "channels": list(channels),
        "digest": digest,
        "created_at": now,
        "baseline_at": now,
    }
    conn.execute(insert(watch_table).values(values))
    return _there(conn, name)


def send_to(conn: Connection, name: str, channels: tuple[str, ...], digest: Digest) -> Watch:
    """Where the alerts of a watch go from now on; turns it on. Raises LookupError where there is none."""
    sql.one_recorder(conn)
    values = {"channels": list(channels), "digest": digest, "active": True}
    if not conn.execute(update(watch_table).where(watch_table.c.name == name).values(values)).rowcount:
        raise LookupError(f"No watch {name!r}")
    return _there(conn, name)


def remove(conn: Connection, name: str) -> bool:
    """Remove a watch with its alerts; whether there was one. One of the profile's is turned off, lest it come back."""
    sql.one_recorder(conn)
    which = watch_table.c.name == name
    statement = update(watch_table).where(which, watch_table.c.active).values(active=False)
    return conn.execute(statement if name in profile() else delete(watch_table).where(which)).rowcount > 0


def every(conn: Connection) -> list[Watch]:
    """All watches that can be read, the oldest first."""
    return read(conn)[0]


def read(conn: Connection) -> tuple[list[Watch], list[Unreadable]]:
    """All watches, the oldest first: those that can be read, and those that can't.

    One rule that is not understood is no reason to read no other, and none to store no articles.
    """
    found: list[Watch] = []
    others: list[Unreadable] = []
    for row in conn.execute(select(watch_table).order_by(watch_table.c.id)).mappings():
        try:
            found.append(_watch(dict(row)))
        except RuleError as error:
            others.append(Unreadable(name=row["name"], active=row["active"], reason=str(error)))
    return found, others


def by_name(conn: Connection, name: str) -> Watch | None:
    """The watch of that name. Raises RuleError where its row can't be read."""
    row = conn.execute(select(watch_table).where(watch_table.c.name == name)).mappings().first()
    return None if row is None else _watch(dict(row))


def _there(conn: Connection, name: str) -> Watch:
    found = by_name(conn, name)
    assert found is not None
    return found


def _watch(row: Mapping[str, Any]) -> Watch:
    channels = row["channels"]
    if not isinstance(channels, list) or not all(isinstance(one, str) for one in channels):
        raise RuleError(f"channels is not a list of names: {channels!r}")
    if row["digest"] not in get_args(Digest):
        raise RuleError(f"digest is {row['digest']!r}, not one of {', '.join(get_args(Digest))}")
    return Watch(
        id=row["id"],
        name=row["name"],
        rule=rule_of(row["rule"]),
        channels=tuple(channels),
        digest=row["digest"],
        active=row["active"],
        created_at=row["created_at"],
        baseline_at=row["baseline_at"],
    )


def matches(conn: Connection, rule: Rule, *, fold: Fold = str, organ: Fold = str) -> Iterator[dict[str, Any]]:
    """The articles of the archive that a rule asks for, the newest first: id, url, title, source, policy, times.

    A mirror's copy is none beside its original.
    """
    columns = article_table.c
    statement = select(
        columns.id, columns.url, columns.title, columns.source, columns.published_at, columns.first_seen_at,
        columns.cluster_id, columns.regions, columns.industries, columns.policy, columns.body,
    ).where(~copied()).order_by(columns.published_at.desc(), columns.id.desc())  # fmt: skip
    if rule.scope != "articles":
        statement = statement.where(columns.policy_relation.in_(sorted(RELATIONS[rule.scope])))
    if rule.sources:
        statement = statement.where(columns.source.in_(rule.sources))
    for row in conn.execute(statement.execution_options(yield_per=200)).mappings():
        if match(rule, subject_of_row(dict(row)), fold=fold, organ=organ):
            yield {name: value for name, value in row.items() if name not in ("body", "regions", "industries")}
