"""The query language of the full-text search: words, "phrases", AND OR NOT (also 与 或 非, & | -), brackets.

Words side by side must all be there. What a Chinese keyboard writes for quotes, brackets and signs means the same. What
can't be read as a query is read as words; nothing is an error, and ``problem`` tells what would not be looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from storage.grams import HAN, HAN_RUN, LONGEST_WORD, RUN, is_han, lowered

MOST_TERMS: Final = 256
"""Words and phrases that are looked for; each is a look-up."""
DEEPEST: Final = 32
"""Brackets in brackets that are told apart."""

CLOSING: Final = {
    '"': '"＂', "＂": '"＂', "“": '”“"＂', "”": "”“", "‘": "’", "〝": "〞〟",
    "「": "」", "『": "』", "﹁": "﹂", "﹃": "﹄", "《": "》", "〈": "〉",
}  # fmt: skip
"""What opens a phrase, with what closes it. A title in 《》 is a phrase too: half of the pages write it without."""
QUOTES: Final = "".join({*CLOSING, *"".join(CLOSING.values())} - {"’"})
SIGNS: Final = {"(": "(", "（": "(", ")": ")", "）": ")", "&": "AND", "＆": "AND", "|": "OR", "｜": "OR"}
MINUS: Final = r"\-－−–﹣"
BLANK: Final = r"\s，、。；：！？…—～﹏【】［］\[\]{}｛｝"
BETWEEN: Final = r"(?<![A-Za-z0-9])[,;:!?]|[,;:!?](?![A-Za-z0-9])"
"""These part words, but not 10:30 and 1,000."""
EDGE: Final = "'’*•·."
"""No part of a word that begins or ends with them."""
TOKEN: Final = re.compile(
    rf"(?P<blank>(?:[{BLANK}]|{BETWEEN})+)|(?P<quote>[{QUOTES}])|(?P<sign>[{''.join(SIGNS)}])|"
    rf"(?P<minus>(?<![^{BLANK}{QUOTES}{''.join(SIGNS)}])[{MINUS}]+(?=[^{BLANK}{MINUS}]))|"
    rf"(?P<word>(?:(?!{BETWEEN})[^{BLANK}{QUOTES}{''.join(SIGNS)}])+)"
)
OPERATORS: Final = {
    "AND": "AND", "与": "AND", "和": "AND", "且": "AND", "并且": "AND",
    "OR": "OR", "或": "OR", "或者": "OR",
    "NOT": "NOT", "非": "NOT",
}  # fmt: skip
SMALL: Final = {"and": "AND", "or": "OR", "not": "NOT"}
"""Operators beside a Chinese word; between English ones they are words of theirs."""

_PLAIN: Final = {
    code: code - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for code in range(ord(first), ord(last) + 1)
}
_INVISIBLE: Final = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_SPAN: Final = re.compile(r"(?<=[0-9年月日])(?:[-‐‑–—−－~～]|——)(?=[0-9])")
_DASHES: Final = ("-", "—", "–", "－", "~", "～", "——")
_WIDTHS: Final = (str.maketrans("()", "（）"), str.maketrans("（）", "()"))
_FIGURE: Final = re.compile(r"(?<=[0-9])[．％]")
_YEAR: Final = re.compile(rf"(?<=[{HAN}])[［\[【〔]([0-9]{{4}})[］\]】〕](?=第?[0-9])")
"""Of a document's number, 攀办发〔2020〕12号, whatever brackets a keyboard has."""


@dataclass(frozen=True, slots=True)
class Term:
    """Text that must stand in an article, letter by letter."""

    text: str
    grams: tuple[str, ...]
    """Index terms that all articles with the text have."""
    prefix: bool = False
    """Its one term is the beginning of index terms."""

    @property
    def exact(self) -> bool:
        """Whether the index alone answers it."""
        return len(self.grams) == 1 and self.grams[0] == self.text

    @property
    def forms(self) -> tuple[str, ...]:
        """Its text as pages may write it: 2021-2025 with any dash between the figures, brackets of either width."""
        dashed = [_SPAN.sub(dash, self.text) for dash in _DASHES] if _SPAN.search(self.text) else []
        written = dict.fromkeys([self.text, *dashed])
        return tuple(dict.fromkeys(form for one in written for form in (one, *(one.translate(w) for w in _WIDTHS))))


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node = Term | And | Or | Not


def parse(query: str, fold: Callable[[str], str] = str) -> Node | None:
    """The query as a tree; None where it asks for nothing. ``fold`` brings it to the script of the archive."""
    return _Parser(_first(_plain_brackets(_tokens(fold(query))), MOST_TERMS)).whole()


def problem(query: str, fold: Callable[[str], str] = str) -> str | None:
    """Why the query would not be looked for as it stands, behind its beginning; None where it would be."""
    if not query.strip():
        return None
    tokens = _plain_brackets(_tokens(fold(query)))
    terms = sum(isinstance(token, Term) for token in tokens)
    if not terms:
        return f"the query {shown(query)!r} holds no character that could be searched for"
    if terms > MOST_TERMS:
        return f"the query {shown(query)!r} holds {terms} words; at most {MOST_TERMS} can be looked for at once"
    if _depth(tokens) > DEEPEST:
        return f"the query {shown(query)!r} has brackets in brackets more than {DEEPEST} deep"
    return None


def shown(query: str, most: int = 40) -> str:
    """The beginning of a query, for messages."""
    return query if len(query) <= most else f"{query[:most]}…"


def positive(node: Node | None) -> list[Term]:
    """What a hit has (not what it must not have), for ranking and marking; each once."""
    match node:
        case Term():
            return [node]
        case And() | Or():
            return list(dict.fromkeys(term for part in node.parts for term in positive(part)))
        case _:
            return []


def stands(node: Node, small: str) -> bool:
    """Whether a text in small letters meets the query, letter by letter."""
    match node:
        case Term():
            return any(form in small for form in node.forms)
        case And():
            return all(stands(part, small) for part in node.parts)
        case Or():
            return any(stands(part, small) for part in node.parts)
        case Not():
            return not stands(node.part, small)


@dataclass(frozen=True, slots=True)
class _Small:
    """A word that is an operator where it stands beside Chinese."""

    operator: str
    term: Term


def _tokens(query: str) -> list[str | Term]:
    """Terms, AND OR NOT and round brackets; what two NOTs take back is left out."""
    tokens: list[str | Term] = []
    for one in _decided(list(_read(_plain(query)))):
        if one == "NOT" and tokens[-1:] == ["NOT"]:
            tokens.pop()
        else:
            tokens.append(one)
    return tokens


def _plain(query: str) -> str:
    """With letters, digits and figures as the archive's texts have them."""
    return _YEAR.sub(r"〔\1〕", _FIGURE.sub(_narrow, query.translate(_PLAIN | _INVISIBLE)))


def _narrow(figure: re.Match[str]) -> str:
    return chr(ord(figure[0]) - 0xFEE0)


def _read(query: str) -> Iterator[str | Term | _Small]:
    place = 0
    missing: set[str] = set()
    while found := TOKEN.match(query, place) if place < len(query) else None:
        place = found.end()
        match found.lastgroup:
            case "sign":
                yield SIGNS[found[0]]
            case "minus":
                yield "NOT"
            case "quote" if found[0] in CLOSING and found[0] not in missing:
                closed = re.compile(f"[{CLOSING[found[0]]}]").search(query, place)
                if closed is None:  # nobody closes it: no quote, and the next one need not look so far again
                    missing.add(found[0])
                    continue
                if (term := _term(query[place : closed.start()])) is not None:
                    yield term
                place = closed.end()
            case "word":
                yield from _word(found[0].lstrip(EDGE + "+＋").rstrip(EDGE))


def _word(word: str) -> Iterator[str | Term | _Small]:
    if word in OPERATORS:
        yield OPERATORS[word]
    elif (term := _term(word)) is not None:
        yield _Small(SMALL[term.text], term) if term.text in SMALL else term


def _decided(tokens: Sequence[str | Term | _Small]) -> Iterator[str | Term]:
    """With each small and, or, not as an operator or as a word, by the terms on its two sides."""
    chinese = [isinstance(token, Term) and HAN_RUN.search(token.text) is not None for token in tokens]
    before = _carried(tokens, chinese)
    behind = _carried(tokens[::-1], chinese[::-1])[::-1]
    for token, left, right in zip(tokens, before, behind, strict=True):
        yield (token.operator if left or right else token.term) if isinstance(token, _Small) else token


def _carried(tokens: Sequence[str | Term | _Small], chinese: Sequence[bool]) -> list[bool]:
    """Whether the last term before each token is Chinese; brackets and operators are looked past."""
    carried = []
    last = False
    for token, own in zip(tokens, chinese, strict=True):
        carried.append(last)
        last = last if isinstance(token, str) else own
    return carried


def _first(tokens: Iterable[str | Term], most: int) -> list[str | Term]:
    """The tokens without the terms behind the first ``most``."""
    kept: list[str | Term] = []
    for token in tokens:
        if isinstance(token, Term):
            most -= 1
        if most >= 0:
            kept.append(token)
    return kept


def _plain_brackets(tokens: Sequence[str | Term]) -> list[str | Term]:
    """The tokens without brackets that hold nothing but a pair of brackets: ((钒)) is (钒)."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for place, one in enumerate(tokens):
        if one == "(":
            opened.append(place)
        elif one == ")" and opened:
            closing[opened.pop()] = place
    idle = {start for start, end in closing.items() if closing.get(start + 1) == end - 1}
    idle |= {closing[start] for start in idle}
    return [one for place, one in enumerate(tokens) if place not in idle]


def _depth(tokens: Iterable[str | Term]) -> int:
    deepest = depth = 0
    for one in tokens:
        depth = max(0, depth + (one == "(") - (one == ")"))
        deepest = max(deepest, depth)
    return deepest


def _term(text: str) -> Term | None:
    """The term of a word or phrase; None where it holds nothing that is indexed."""
    text = " ".join(lowered(text).split()).strip()
    grams: dict[str, None] = {}
    runs = RUN.findall(text)
    for run in runs:
        if not is_han(run[0]):
            grams[run[:LONGEST_WORD]] = None
        elif len(run) > 1:
            grams.update(dict.fromkeys(map(str.__add__, run, run[1:])))
    if grams:
        return Term(text, tuple(grams))
    return Term(text, (runs[0],), prefix=True) if runs else None


class _Parser:
    """By descent: OR binds least, then AND, then NOT. What does not fit is passed over."""

    def __init__(self, tokens: list[str | Term]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.passed = 0
        """Opening brackets that were passed over and not closed yet."""

    def whole(self) -> Node | None:
        parts = []
        while self.place < len(self.tokens):
            if (part := self.either()) is not None:
                parts.append(part)
            self.place += 1  # a closing bracket that nothing opened
        return _joined(And, parts)

    def either(self) -> Node | None:
        parts = [self.both()]
        while self.next() == "OR":
            self.place += 1
            parts.append(self.both())
        return _joined(Or, parts)

    def both(self) -> Node | None:
        parts = []
        while (item := self.next()) not in (None, "OR", ")"):
            if item == "AND":
                self.place += 1
            else:
                parts.append(self.one())
        return _joined(And, parts)

    def one(self) -> Node | None:
        item = self.next()
        self.place += 1
        if isinstance(item, Term):
            return item
        if item == "NOT":
            part = self.one() if self.next() not in (None, "OR", "AND", ")") else None
            return None if part is None else Not(part)
        if item == "(" and self.depth == DEEPEST:
            self.passed += 1
        elif item == "(":
            self.depth += 1
            part = self.either()
            self.depth -= 1
            self.place += self.next() == ")"
            return part
        return None

    def next(self) -> str | Term | None:
        while self.passed and self.place < len(self.tokens) and self.tokens[self.place] == ")":
            self.passed -= 1
            self.place += 1
        return self.tokens[self.place] if self.place < len(self.tokens) else None


def _joined(kind: type[And | Or], parts: Sequence[Node | None]) -> Node | None:
    present = tuple(dict.fromkeys(part for part in parts if part is not None))
    if len(present) < 2:  # noqa: PLR2004
        return present[0] if present else None
    return kind(present)
