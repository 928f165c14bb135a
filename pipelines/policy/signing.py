"""Who issued the document that a page is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.policy.dates import signed_on
from pipelines.policy.issuers import Place, issuer_key, issuers, named
from pipelines.policy.paper import HEAD, Paper
from pipelines.policy.rules import Reading
from pipelines.policy.titles import plain

_QUOTED: Final = re.compile("《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_AND_OTHERS: Final = re.compile("等[一二三四五六七八九十两多\\d]*(?:个|家)?(?:部门|部委|单位|委|局|厅)|会同|联合")
_ACT: Final = re.compile("印发|发布|公布|转发|批转|废止|公开征|征求|征集|《")
_VERB: Final = re.compile("印发|出台|发布|公布|下发|颁布|转发|制定|起草|编制")
_ENDS: Final = re.compile("决定|发布|印发|公布|宣布|联合|废止|表决")
_ACCORDING: Final = re.compile("根据|按照|依据|贯彻|落实")
_REASON: Final = re.compile(r"[ \u3000\n]?(?:为|根据|按照|记者|从|据)")
_CLOSING: Final = re.compile(
    r"(?:[ \u3000]{0,3}(?:20\d\d|二[〇○零][\d〇○零一二三四五六七八九]{2})年"
    r"[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日)?"
    r"(?:\s*[（(]?[^\s（(]{2,16}[〔\[（(]20\d\d[〕\]）)]\s*\d+\s*号[）)]?)?\s*$"
)
"""The day, and the number, that stand behind a signature."""
_NAMES: Final = 200
"""Characters in which the organs of a joint issue are named."""
_SAME: Final = 6
"""Characters from 关于 on by which a title is known again."""


def issued_by(paper: Paper, reading: Reading) -> tuple[str, ...]:
    """The issuers in full, in the order in which the page names them; empty where it names none."""
    ways = (
        _of_document(paper, reading)
        if reading.relation in ("document", "draft", "repeal")
        else _of_news(paper, reading)
    )
    found = next((found for found in ways if found), ())
    more = reading.relation == "report" or _AND_OTHERS.search(paper.title + reading.by)
    return _all_of(found, paper) if len(found) == 1 and more else found


def _all_of(found: tuple[str, ...], paper: Paper) -> tuple[str, ...]:
    """Who the text lists where the title says 市财政局等四部门: the same organ and those beside it."""
    lists = (_signature(paper.text, paper.place), _by_verb(paper.text[:HEAD], paper.place))
    first = issuer_key(found[0])
    return max((one for one in lists if one and issuer_key(one[0]) == first), key=len, default=found)


def _of_document(paper: Paper, reading: Reading) -> Iterator[tuple[str, ...]]:
    place, text = paper.place, paper.text
    before, about, _ = _QUOTED.sub("", plain(paper.title)).partition("关于")
    yield issuers(_ACT.split(before if about else paper.title)[0], place)
    yield _of_table(paper)
    yield _masthead(paper)
    yield _signature(text, place)
    if reading.relation == "document":
        yield issuers(paper.title.partition("转发")[0], place)
        return
    if reading.relation == "repeal":
        told = _QUOTED.sub("", f"{reading.proof.text}。{text[:200]}")
        yield from (issuers(_clause_end(told[: verb.start()]), place, last=True) for verb in _ENDS.finditer(told))
        yield issuers(told, place)[:1]
    if match := re.search("(?:就|对|起草的?)《", text[:HEAD]):
        yield issuers(_clause_end(text[: match.start()]), place, last=True)
    yield from _elsewhere(paper, reading)


def _of_news(paper: Paper, reading: Reading) -> Iterator[tuple[str, ...]]:
    if found := issuers(_acting(reading.by), paper.place, last=True):
        yield _with_it(reading.by, paper.place) + found
    yield _of_table(paper)
    yield from _elsewhere(paper, reading)


def _of_table(paper: Paper) -> tuple[str, ...]:
    return issuers(paper.table.issuer, paper.place) if paper.table and paper.table.issuer else ()


def _elsewhere(paper: Paper, reading: Reading) -> Iterator[tuple[str, ...]]:
    yield _by_verb(paper.text[:HEAD], paper.place)
    yield _signature(paper.text, paper.place)
    yield issuers(re.split("[，,。；;]", reading.by)[0], paper.place)


def _clause_end(before: str) -> str:
    return re.split("[，,。；;：:\n]", before[-200:])[-1]


def _acting(by: str) -> str:
    """The words that name who acts, without what stands in 《》 and what gives the reason (为贯彻…，)."""
    bare = _QUOTED.sub("", by)
    kept = [clause for clause in re.split("[，,。；;：:]", bare) if not _REASON.match(clause)]
    return "，".join(kept) if any(kept) else bare


def _with_it(by: str, place: Place) -> tuple[str, ...]:
    """The organ that 该局 in 记者从市财政局获悉，该局会同… stands for."""
    match = re.search("该[局委厅办部]", by)
    return issuers(by[: match.start()], place, last=True) if match else ()


def _by_verb(text: str, place: Place) -> tuple[str, ...]:
    """Who issued it, where the text says so beside a verb: 由攀枝花市发改委牵头起草, 市政府印发了《…》."""
    for match in _VERB.finditer(text):
        clause = _clause_end(text[: match.start()])
        if not _ACCORDING.search(clause) and (found := issuers(_QUOTED.sub("", clause), place, last=True)):
            return found
    return ()


def _masthead(paper: Paper) -> tuple[str, ...]:
    """Organs above the title where the text repeats it: 攀枝花市财政局 攀枝花市水利局 关于…."""
    at = paper.title.find("关于")
    again = paper.text.find(paper.title[at : at + _SAME], 0, HEAD) if at >= 0 else -1
    return _last_named(paper.text[: max(0, again)], paper.place)


def _signature(text: str, place: Place) -> tuple[str, ...]:
    """Organs above a document's date, or at its end."""
    signed = signed_on(text)
    return _last_named(text[: signed.start] if signed else _CLOSING.sub("", text[-_NAMES:]), place)


def _last_named(text: str, place: Place) -> tuple[str, ...]:
    """The organs that a text ends with, parted by blanks or lines from one another and from what is before them."""
    run: list[str] = []
    for word in reversed(re.split(r"\s+|(?<=[。；])", text[-_NAMES:].rstrip())):
        if not (one := named(word, place)):
            break
        run = [*one, *run]
    return tuple(dict.fromkeys(run))
