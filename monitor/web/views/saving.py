"""From a question to a watch."""

from __future__ import annotations

from monitor.watches import RELATIONS, Rule, Scope
from monitor.web.answer import Refused
from monitor.web.question import Question
from storage.query import parse

LONGEST_NAME = 60


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
