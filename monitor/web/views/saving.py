"""From a question to a watch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from urllib.parse import parse_qsl

from monitor.watches import RELATIONS, Rule, Scope
from monitor.web.answer import Refused
from monitor.web.question import DEFAULTS, Question, read
from storage.query import parse, shown

LONGEST_NAME = 60


def asked_for(written: str) -> Question:
    """The question that is to be saved, from its query string. Unlike an address, which nobody need have written with
    care, what it says and we don't understand is refused: the watch would be another one.
    """
    pairs = parse_qsl(written, keep_blank_values=True)
    if written.strip() and not pairs:
        raise Refused(400, f"“{shown(written)}”不是检索的写法。", hint="例如 q=钒钛&region=510400。")
    for name, value in pairs:
        if name not in DEFAULTS:
            raise Refused(400, f"检索里没有“{shown(name)}”这一项。", hint=f"可用的有 {'、'.join(DEFAULTS)}。")
        if not all(sign.isprintable() or sign == "\u3000" for sign in value):
            raise Refused(400, "检索里有控制字符或看不见的字符。", hint="去掉它们，再存为关注。")
    return read(pairs)


def names_for(description: str) -> Iterator[str]:
    """What a watch may be called: as it is described, or that with a number where another one is called so."""
    name = " ".join(description.split())[:LONGEST_NAME].strip()
    yield name
    yield from (f"{name}（{number}）" for number in count(2))


def rule_of(question: Question) -> Rule:
    """The rule that tells of what the question finds, from now on; the year is left out, for news is always this one.

    Raises Refused where a watch can't ask that.
    """
    if question.empty:
        raise Refused(400, "没有检索词，也没有筛选条件。", hint="先检索，再存为关注。")
    if question.q and parse(question.q) is None:
        raise Refused(400, f"“{question.q}”里没有可以检索的字。")
    return Rule(
        scope=_scope(question),
        words=question.q or None,
        regions=question.region,
        kinds=question.kind,
        sources=question.source,
        industries=question.industry,
    )


def _scope(question: Question) -> Scope:
    """The narrowest scope that holds all relations asked for."""
    if not question.relation:
        return "policy" if question.kind else "articles"
    scopes: tuple[Scope, ...] = ("documents", "announcements", "policy")
    asked = frozenset(question.relation)
    found = next((scope for scope in scopes if asked <= RELATIONS[scope]), None)
    if found is None:
        raise Refused(400, "没有这种与政策的关系。")
    return found
