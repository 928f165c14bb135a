"""Words of a list found in a text: one pass (Aho–Corasick), the longest word at each place."""

from __future__ import annotations

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind


class Matcher:
    """Finds a list's words; raises ValueError for no words or an empty one."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)
        if not self._words or "" in self._words:
            raise ValueError("no words" if not self._words else "an empty word")
        self._automaton = AhoCorasick(self._words, MatchKind.LeftmostLongest, implementation=Implementation.DFA)

    def hits(self, text: str) -> list[tuple[str, int, int]]:
        """Each word found with its span in characters, in order, none overlapping."""
        words = self._words
        return [(words[number], start, end) for number, start, end in self._automaton.find_matches_as_indexes(text)]
