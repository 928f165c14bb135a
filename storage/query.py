"""The query language of the full-text search: words, "phrases", AND OR NOT (also 与 或 非, & | -), brackets.

Words side by side must all be there. What can't be read as a query is read as words; nothing is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from storage.grams import LONGEST_WORD, RUN, is_han, lowered

MOST_TERMS: Final = 64
DEEPEST: Final = 32

TOKEN: Final = re.compile(r'"([^"]*)"?|([()|&])|([^\s"()|&]+)')
OPERATORS: Final = {"AND": "AND", "OR": "OR", "NOT": "NOT", "与": "AND", "或": "OR", "非": "NOT", "&": "AND", "|": "OR"}


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
    tokens = list(_tokens(fold(query)))[: 4 * MOST_TERMS]
    return _Parser(tokens).whole()


def positive(node: Node | None) -> list[Term]:
    """What a hit has (not what it must not have), for ranking and marking; each once."""
    match node:
        case Term():
            return [node]
        case And() | Or():
            return list(dict.fromkeys(term for part in node.parts for term in positive(part)))
        case _:
            return []


def _tokens(query: str) -> Iterator[str | Term]:
    for phrase, sign, word in TOKEN.findall(query):
        if sign:
            yield OPERATORS.get(sign, sign)
        elif not word:
            if (term := _term(phrase)) is not None:
                yield term
        elif word in OPERATORS:
            yield OPERATORS[word]
        else:
            negated = word[0] in "-－" and len(word) > 1
            if (term := _term(word[negated:])) is not None:
                if negated:
                    yield "NOT"
                yield term


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
        if item == "(" and self.depth < DEEPEST:
            self.depth += 1
            part = self.either()
            self.depth -= 1
            self.place += self.next() == ")"
            return part
        return None

    def next(self) -> str | Term | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None


def _joined(kind: type[And | Or], parts: Sequence[Node | None]) -> Node | None:
    present = tuple(dict.fromkeys(part for part in parts if part is not None))
    if len(present) < 2:  # noqa: PLR2004
        return present[0] if present else None
    return kind(present)
