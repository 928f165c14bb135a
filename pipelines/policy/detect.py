"""From an article to its ``policy``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from crawler.items import SHANGHAI, Article, Policy, Quote, Target
from pipelines.policy.codes import issuer_of
from pipelines.policy.dates import Dated, comments_until, effective_on, expires_on, parse_day, signed_on
from pipelines.policy.explained import titled
from pipelines.policy.issuers import home_of, issuers
from pipelines.policy.numbering import FORWARDS, own_number
from pipelines.policy.numbers import Number
from pipelines.policy.paper import HEAD, Paper
from pipelines.policy.phrases import unquoted
from pipelines.policy.relation import hints, read
from pipelines.policy.rules import Reading
from pipelines.policy.signing import issued_by
from pipelines.policy.targets import targets
from pipelines.policy.titles import Kinds, kinds_of, quoted, title_key

_SHORT: Final = re.compile(r"(?:以下|下)?简?称(?:为)?[:：]?[“\"「]?《?(?P<short>[^》”\"」）)，。]{2,30})》?[”\"」]?")

_ORGAN: Final = 24
"""Characters in which the organ stands whose order it is: 攀枝花市人民政府令第128号."""
_NOTE: Final = re.compile("[（(][^（()）]+[）)]$")


def detect(article: Article) -> Article:
    """The article with its ``policy``, or as it was where it announces none.

    Read are title, body, the official table, attachments and breadcrumbs.
    """
    table = article.official
    if not (table and (table.number or table.title)) and not hints(article.title, article.body):
        return article
    regions = " ".join(tag.name for tag in article.regions)
    paper = Paper(
        title=article.title,
        text=article.body,
        place=home_of(article.title, article.body[:HEAD], table.issuer if table else None, article.origin, regions),
        table=table,
        columns=article.column,
        attachments=" ".join(attachment.name for attachment in article.attachments),
        published=article.published_at.astimezone(SHANGHAI).date() if article.published_at else None,
    )
    policy = _policy(paper)
    return article if policy is None else replace(article, policy=policy)


def detect_text(title: str, text: str) -> Policy | None:
    """What a title and a text say of an official document; the text may be empty. None where they announce none."""
    if not hints(title, text):
        return None
    return _policy(Paper(title=title, text=text, place=home_of(title, text[:HEAD])))


def _policy(paper: Paper) -> Policy | None:
    reading = read(paper)
    if reading is None:
        return None
    text, table, relation = paper.text, paper.table, reading.relation
    documents = _documents(reading, paper)
    main = documents[0] if documents else None
    number = own_number(paper, reading, documents)
    kinds = _kinds(reading, paper.title, main)
    signed = signed_on(text) if relation in ("document", "repeal") else None
    written = (parse_day(table.written) if table else None) or (signed.day if signed else None)
    issued = (parse_day(table.published) if table else None) or (paper.published if relation == "document" else None)
    effective = effective_on(text, issued=issued or written, documents=documents)
    expires = expires_on(text, effective=effective.day if effective else None, documents=documents)
    year = paper.published.year if paper.published else None
    closing = comments_until(text, year=year, since=paper.published) if relation == "draft" else None
    aims = targets(text) if relation in ("document", "report", "interpretation") else ()
    days = {"effective_on": effective, "expires_on": expires, "comments_until": closing, "written_on": signed}
    return Policy(
        relation=relation,
        title=main,
        documents=documents,
        short_title=_short_title(text, main),
        issuers=_issuers(paper, reading, main, number),
        number=number.value if number else None,
        kind=kinds.kind,
        statutory_kind=kinds.statutory,
        carried_kind=kinds.carried,
        written_on=written,
        issued_on=issued,
        effective_on=effective.day if effective else None,
        expires_on=expires.day if expires else None,
        comments_until=closing.day if closing else None,
        status=_status(reading, paper),
        targets=aims,
        quotes=tuple(dict.fromkeys(_quotes(paper, reading, main, number, aims, days))),
    )


def _issuers(paper: Paper, reading: Reading, main: str | None, number: Number | None) -> tuple[str, ...]:
    """Who issued it: by the page's words, by the document's title (中共中央 国务院关于…), or by its number."""
    if found := issued_by(paper, reading):
        return found
    passed_on = FORWARDS.search(unquoted(paper.title))  # whose the document is says nothing of who passes it on
    if not passed_on and (named := issuers((main or "").partition("关于")[0], paper.place)):
        return named
    if number is None:
        return ()
    if number.value.endswith("令") and (before := paper.text[: max(0, number.start)]):
        return issuers(before[-_ORGAN:], paper.place, last=True)
    by_code = issuer_of(number.value, paper.place)
    return (by_code,) if by_code else ()


def _documents(reading: Reading, paper: Paper) -> tuple[str, ...]:
    """The titles, with what is only a short name (《实施意见》) put back to the whole one, each once."""
    text, table = paper.text[: 2 * HEAD], paper.table
    found = list(reading.documents)
    if not found and reading.relation in ("report", "interpretation", "draft"):
        inside = [one for one in quoted(text[:HEAD]) if kinds_of(one.title).kind]
        found = [one.title for one in inside[:1] if not _mentioned_only(text, one.start)]
    if not found and reading.relation == "interpretation" and (called := titled(paper.title)):
        found = [called]
    found = [_longest(one, text) for one in found]
    shorts = {match["short"] for match in _SHORT.finditer(text)}
    whole: dict[str, str] = {}
    for one in found:
        title = _resolved(one, text) if one in shorts or kinds_of(one).kind == one else one
        if kinds_of(title).kind != title:  # 《办法》 alone names no document
            whole.setdefault(title_key(title), title)
    if not whole and reading.relation == "document" and table and table.title:
        whole[title_key(table.title)] = table.title
    return tuple(whole.values())


def _longest(title: str, text: str) -> str:
    """A headline's 《矿山管理办法》 as the text has it in full: 《四川省矿山管理办法（2021年修订）》."""
    if kinds_of(title).kind == title:
        return title
    named = (one.title for one in quoted(text[:HEAD]))
    return next((one for one in named if title in (one[-len(title) :], _NOTE.sub("", one)[-len(title) :])), title)


def _mentioned_only(text: str, start: int) -> bool:
    return bool(re.search("根据|按照|依据|依照|贯彻|落实|执行|结合", text[max(0, start - 12) : start]))


def _resolved(short: str, text: str) -> str:
    """The whole title that a short name stands for: the 《》 before its 以下简称."""
    for match in _SHORT.finditer(text):
        if match["short"] == short:
            before = [one for one in quoted(text[: match.start()]) if one.title != short]
            if before:
                return before[-1].title
    if kinds_of(short).kind == short:
        same = [
            one.title
            for one in quoted(text)
            if one.title != short and kinds_of(one.title).kind and one.title.endswith(short[-2:])
        ]
        return same[0] if same else short
    return short


def _short_title(text: str, main: str | None) -> str | None:
    """What the text calls the main document afterwards."""
    if not main:
        return None
    at = text.find(f"《{main}》")
    match = _SHORT.search(text, at + len(main), at + len(main) + 60) if at >= 0 else None
    return match["short"] if match else None


def _kinds(reading: Reading, title: str, main: str | None) -> Kinds:
    """Of the page's own title where the page is the document (通知 that carries 方案), else of the document named.

    What an order without a title of its own carries is what it makes known.
    """
    own, named = kinds_of(title), kinds_of(main or "")
    if reading.relation != "document" or own.kind is None:
        return named
    return own if own.carried or (main and main in title) else replace(own, carried=named.carried)


def _status(reading: Reading, paper: Paper) -> str | None:
    said = (paper.table and paper.table.validity) or ""
    told = next((word for word in ("废止", "失效", "有效") if word in said), None)
    return told or {"draft": "征求意见", "repeal": "废止"}.get(reading.relation)


# --- what proves it ---------------------------------------------------------------------------------------


def _quotes(
    paper: Paper,
    reading: Reading,
    main: str | None,
    number: Number | None,
    aims: tuple[Target, ...],
    days: dict[str, Dated | None],
) -> Iterator[Quote]:
    title, text = paper.title, paper.text
    yield Quote(of="relation", text=reading.proof.text, start=reading.proof.start)
    for name, found in days.items():
        if found is not None:
            yield _sentence(name, text, found.start, found.end)
    if number is not None:
        yield (
            _sentence("number", text, number.start, number.end)
            if number.start >= 0
            else Quote(of="number", text=title, start=-1)
        )
    for aim in aims:
        at = text.find(aim.value)
        yield _sentence("targets", text, at, at + len(aim.value))
    if main:
        at = -1 if main in title else text.find(main)
        yield Quote(of="title", text=title, start=-1) if at < 0 else _sentence("title", text, at, at + len(main))


def _sentence(of: str, text: str, start: int, end: int) -> Quote:
    """The sentence around a place of the body."""
    first = max(text.rfind(mark, 0, start) for mark in "。！？\n") + 1
    ends = [at for mark in "。！？\n" if (at := text.find(mark, end)) >= 0]
    piece = text[first : min(ends) + 1 if ends else len(text)]
    return Quote(of=of, text=piece.strip(), start=first + len(piece) - len(piece.lstrip()))
