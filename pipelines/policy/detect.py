"""From an article to its ``policy``."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final

from crawler.items import Article, OfficialTable, Policy, Quote
from pipelines.policy.dates import Dated, comments_until, effective_on, expires_on, parse_day, signed_on
from pipelines.policy.issuers import Place, home_of, issuers
from pipelines.policy.numbers import Number, numbers, standard
from pipelines.policy.relation import LEAD, Reading, hints, read
from pipelines.policy.targets import targets
from pipelines.policy.titles import kinds_of, quoted, title_key

_HEAD: Final = 1500
_SHORT: Final = re.compile(r"(?:以下|下)?简?称(?:为)?[:：]?[“\"「]?《?(?P<short>[^》”\"」）)，。]{2,30})》?[”\"」]?")


def detect(article: Article) -> Article:
    """The article with its ``policy``, or as it was where it announces none.

    Read are title, body, the official table, attachments and breadcrumbs.
    """
    table = article.official
    official = table is not None and bool(table.number or table.title)
    if not official and not hints(article.title, article.body):
        return article
    names = " ".join(attachment.name for attachment in article.attachments)
    policy = _policy(
        article.title,
        article.body,
        table=table,
        attachments=names,
        columns=article.column,
        published=article.published_at.date() if article.published_at else None,
        place=home_of(
            article.title,
            article.body[:_HEAD],
            table.issuer if table else None,
            article.origin,
            " ".join(t.name for t in article.regions),
        ),
    )
    return article if policy is None else replace(article, policy=policy)


def detect_text(title: str, text: str) -> Policy | None:
    """What a title and a text say of an official document; the text may be empty. None where they announce none."""
    if not hints(title, text):
        return None
    return _policy(title, text, place=home_of(title, text[:_HEAD]))


def _policy(
    title: str,
    text: str,
    *,
    place: Place,
    table: OfficialTable | None = None,
    attachments: str = "",
    columns: tuple[str, ...] = (),
    published: date | None = None,
) -> Policy | None:
    reading = read(title, text, place, official=bool(table and (table.number or table.title)), columns=columns)
    if reading is None:
        return None
    documents = _documents(reading, text, table)
    main = documents[0] if documents else None
    short = _short_title(text, main)
    number = _number(reading, title, text, table, attachments, documents)
    by = _issuers(reading, title, text, place, table)
    kinds = _kinds(reading, title, main)
    written = parse_day(table.written) if table else None
    issued = parse_day(table.published) if table else None
    signed = signed_on(text) if reading.relation in ("document", "repeal") else None
    written = written or (signed.day if signed else None)
    if reading.relation == "document":
        issued = issued or published
    effective = effective_on(text, issued=issued or written)
    expires = expires_on(text, effective=effective.day if effective else None)
    closing = comments_until(text, year=published.year if published else None) if reading.relation == "draft" else None
    quotes = [Quote(of="relation", text=reading.proof.text, start=reading.proof.start)]
    quotes += _dated(text, effective_on=effective, expires_on=expires, comments_until=closing, written_on=signed)
    if number is not None and number.start >= 0:
        quotes.append(_sentence("number", text, number.start, number.end))
    elif number is not None:
        quotes.append(Quote(of="number", text=title, start=-1))
    aims = targets(text) if reading.relation in ("document", "report", "interpretation") else ()
    quotes += [_sentence("targets", text, at, at + len(aim.value)) for aim in aims if (at := text.find(aim.value)) >= 0]
    if main:
        quotes.append(_where("title", title, text, main))
    return Policy(
        relation=reading.relation,
        title=main,
        documents=documents,
        short_title=short,
        issuers=by,
        number=number.value if number else None,
        kind=kinds[0],
        statutory_kind=kinds[1],
        carried_kind=kinds[2],
        written_on=written,
        issued_on=issued,
        effective_on=effective.day if effective else None,
        expires_on=expires.day if expires else None,
        comments_until=closing.day if closing else None,
        status=_status(reading, table),
        targets=aims,
        quotes=tuple(dict.fromkeys(quotes)),
    )


def _documents(reading: Reading, text: str, table: OfficialTable | None) -> tuple[str, ...]:
    """The titles, with what is only a short name (《实施意见》) put back to the whole one, each once."""
    found = list(reading.documents)
    if not found and reading.relation in ("report", "interpretation", "draft"):
        inside = [one for one in quoted(text[:_HEAD]) if kinds_of(one.title).kind]
        found = [one.title for one in inside[:1] if not _mentioned_only(text, one.start)]
    found = [_longest(one, text) for one in found]
    shorts = {match["short"] for match in _SHORT.finditer(text)}
    whole: dict[str, str] = {}
    for one in found:
        title = _resolved(one, text) if one in shorts or kinds_of(one).kind == one else one
        whole.setdefault(title_key(title), title)
    if not whole and table and table.title:
        whole[title_key(table.title)] = table.title
    return tuple(whole.values())


def _longest(title: str, text: str) -> str:
    """A headline's 《矿山管理办法》 as the text has it in full: 《四川省矿山管理办法》."""
    longer = [one.title for one in quoted(text[:_HEAD]) if one.title.endswith(title) and kinds_of(title).kind != title]
    return longer[0] if longer else title


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


def _number(
    reading: Reading, title: str, text: str, table: OfficialTable | None, attachments: str, documents: tuple[str, ...]
) -> Number | None:
    """The document's own number: from the table, the title, a line of its own, or right behind its name."""
    if table and table.number and (own := standard(table.number)):
        at = text.find(table.number)
        return Number(at, at + len(table.number), own) if at >= 0 else Number(-1, -1, own)
    outside = re.sub("[《〈][^《》]*[》〉]", "", title)
    if (inside := numbers(outside)) and not re.search("转发|废止", title[: max(title.find(inside[0].value[:2]), 0)]):
        return Number(-1, -1, inside[-1].value)
    found = numbers(text)
    if reading.relation in ("document", "repeal", "draft"):
        for one in found:
            if _alone(text, one):
                return one
    if reading.relation != "repeal":
        for one in found:
            if _behind(text, one, documents):
                return one
    if reading.relation == "report":
        for one in found:
            if one.start < LEAD and _issued_under(text, one):
                return one
    if reading.relation == "document" and attachments and (inside := numbers(attachments)):
        return Number(-1, -1, inside[0].value)
    return None


def _alone(text: str, number: Number) -> bool:
    """Whether a number stands on a line of its own, or behind a label, near the head of the text."""
    if number.start > _HEAD:
        return False
    start, end = text.rfind("\n", 0, number.start) + 1, text.find("\n", number.end)
    line = text[start : end if end >= 0 else len(text)]
    before, after = (
        text[start : number.start].strip(" \u3000\t（(【["),
        text[number.end : start + len(line)].strip(" \u3000\t）)】]"),
    )
    if re.search("(?:发文字号|文号|字号|文件编号)[】]?[:：]?$", before):
        return True
    if (
        number.start < 60
        and re.match(r"[（(]", text[start : number.start].strip())
        and re.match("公布|发布|颁布", after)
    ):  # noqa: PLR2004
        return True
    if number.start <= 2 and not re.match("[）)]?(?:文件|规定|精神|要求|的)", after):  # noqa: PLR2004 - an opening bracket may stand before it
        return True
    return (
        (not before or (len(before) < 24 and not re.search("[，。《》：根据按照]", before)))
        and len(after) < 12
        and not re.search("[，。《》]|文件|规定|精神", after)
    )  # noqa: PLR2004


def _behind(text: str, number: Number, documents: tuple[str, ...]) -> bool:
    """Whether a number stands right behind one of the documents: 《X》（攀办发〔2020〕12号，以下简称…）."""
    before = text[max(0, number.start - 200) : number.start].rstrip(" （(，,\u3000")
    if number.value.endswith("令") or number.value.startswith("公告"):
        before = re.sub(r"》[（(][^（()），,。]{2,24}$", "》", before)
    keys = {title_key(one) for one in documents[:1]}
    inside = quoted(before)
    return bool(inside) and before.endswith("》") and title_key(inside[-1].title) in keys


def _issued_under(text: str, number: Number) -> bool:
    """Whether an organ issues something as this number: 市政府以攀府发〔2020〕3号印发, 签署第120号令公布."""
    around = text[max(0, number.start - 12) : number.start], text[number.end : number.end + 12]
    return bool(
        re.search("(?:以|发布|公布|印发|签署|签发)[^，。]{0,10}$", around[0])
        or re.search("^[）)]?(?:令|公告|文|文件)?[，,]?(?:正式)?(?:印发|发布|公布|下发|颁布)", around[1])
    ) and not re.search("根据|按照|依据", around[0])


def _issuers(reading: Reading, title: str, text: str, place: Place, table: OfficialTable | None) -> tuple[str, ...]:
    if reading.relation in ("document", "draft", "repeal"):
        before, about, _ = re.sub("《.*?》", "", title).partition("关于")
        head = re.split("印发|发布|公布|转发|批转|废止|公开征|征求|征集|《", before if about else title)[0]
        if found := issuers(head, place):
            return found
        if table and table.issuer and (found := issuers(table.issuer, place)):
            return found
        if found := _signature(text, place):
            return found
        if reading.relation == "document":
            return issuers(re.split("转发", title)[0], place)
        if reading.relation == "repeal" and (
            found := issuers(re.sub("《[^《》]*》", "", reading.proof.text + text[:200]), place)
        ):
            return found[:1]
        if match := re.search("(?:就|对|起草的?)《", text[:_HEAD]):
            return issuers(_clause_end(text[: match.start()]), place, last=True)
    else:
        if found := issuers(_acting(reading.by), place, last=True):
            return _with_it(reading.by, place) + found
    if table and table.issuer and (found := issuers(table.issuer, place)):
        return found
    if found := _by_verb(text[:_HEAD], place):
        return found
    return _signature(text, place) or issuers(_first_clause(reading.by), place)


def _clause_end(before: str) -> str:
    return re.split("[，,。；;：:\n]", before)[-1]


def _acting(by: str) -> str:
    """The words that name who acts, without what stands in 《》 and what gives the reason (为贯彻…，)."""
    bare = re.sub("《[^《》]*(?:《[^《》]*》[^《》]*)*》", "", by)
    clauses = re.split("[，,。；;：:]", bare)
    kept = [clause for clause in clauses if not re.match(r"\s*(?:为|根据|按照|记者|从|据)", clause)]
    return "，".join(kept) if any(kept) else bare


def _with_it(by: str, place: Place) -> tuple[str, ...]:
    """The organ that 该局 in 记者从市财政局获悉，该局会同… stands for."""
    before, it, _ = by.partition("该局") if "该局" in by else by.partition("该委")
    return issuers(before, place, last=True) if it else ()


def _first_clause(by: str) -> str:
    return re.split("[，,。；;]", by)[0]


def _by_verb(text: str, place: Place) -> tuple[str, ...]:
    """Who issued it, where the text says so beside a verb: 由攀枝花市发改委牵头起草, 市政府印发了《…》."""
    for match in re.finditer(r"(?:印发|出台|发布|公布|下发|颁布|转发|制定|起草|编制)", text):
        clause = _clause_end(text[: match.start()])
        if re.search("根据|按照|依据|贯彻|落实", clause):
            continue
        if found := issuers(re.sub("《[^《》]*》", "", clause), place, last=True):
            return found
    return ()


def _signature(text: str, place: Place) -> tuple[str, ...]:
    """Organs on the short lines above a document's date."""
    signed = signed_on(text)
    if signed is None:
        match = re.search(
            r"[。\n\s]([^。\n，]{4,40}?)\s*(?:20\d\d|二[〇○零])[\d〇○零一二三四五六七八九]*年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日\s*$",
            text,
        )
        if match is None and len(last := text.rstrip().rpartition("\n")[2]) < 24 and not re.search("[，。：；]", last):  # noqa: PLR2004
            return issuers(last, place)
        return issuers(match[1], place) if match else ()
    lines = [line.strip() for line in text[: signed.start].rstrip().split("\n")[-3:]]
    own = [line for line in lines if 3 < len(line) < 40 and not re.search("[。，：；]$|^附件", line)]  # noqa: PLR2004
    return issuers("\n".join(own), place)


def _kinds(reading: Reading, title: str, main: str | None) -> tuple[str | None, str | None, str | None]:
    """Of the page's own title where the page is the document (通知 that carries 方案), else of the document named."""
    if reading.relation == "document":
        own = kinds_of(title)
        if own.kind:
            return own.kind, own.statutory, own.carried
    found = kinds_of(main) if main else kinds_of("")
    return found.kind, found.statutory, found.carried


def _status(reading: Reading, table: OfficialTable | None) -> str | None:
    if table and table.validity:
        for word in ("废止", "失效", "有效"):
            if word in table.validity:
                return word
    return {"draft": "征求意见", "repeal": "废止"}.get(reading.relation)


def _dated(text: str, **found: Dated | None) -> list[Quote]:
    return [_sentence(name, text, one.start, one.end) for name, one in found.items() if one is not None]


def _sentence(of: str, text: str, start: int, end: int) -> Quote:
    """The sentence around a place of the body."""
    first = max(text.rfind(mark, 0, start) for mark in "。！？\n") + 1
    ends = [at for mark in "。！？\n" if (at := text.find(mark, end)) >= 0]
    last = min(ends) + 1 if ends else len(text)
    piece = text[first:last]
    return Quote(of=of, text=piece.strip(), start=first + len(piece) - len(piece.lstrip()))


def _where(of: str, title: str, text: str, words: str) -> Quote:
    at = -1 if words in title else text.find(words)
    return Quote(of=of, text=title, start=-1) if at < 0 else _sentence(of, text, at, at + len(words))
