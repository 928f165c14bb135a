"""Words of a list found in a text: one pass, the longest word at each place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Trie = dict[str, "Trie"]
END = ""
GROUP = 16


def matcher(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds the longest of the words at each place; raises ValueError for no words or an empty one.

    The words are folded into a tree, so that a place costs as many steps as its longest word has characters.
    """
    root: Trie = {}
    for word in words:
        if not word:
            raise ValueError("an empty word")
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[END] = {}
    if not root:
        raise ValueError("no words")
    return re.compile(_start(root))


def _start(root: Trie) -> str:
    """The tree by its first characters: a set, which the engine skips to, then groups of few of them.

    An alternation of all would be tried one by one at each place that begins like any word.
    """
    firsts = sorted(character for character in root if character != END)
    groups = [firsts[i : i + GROUP] for i in range(0, len(firsts), GROUP)]
    branches = (
        f"(?<={_set(group)})(?:{'|'.join(f'(?<={re.escape(one)}){_pattern(root[one])}' for one in group)})"
        for group in groups
    )
    seconds = sorted({second for node in root.values() for second in node})
    ahead = "" if END in seconds else f"(?={_set(seconds)})"
    return f"{_set(firsts)}{ahead}(?:{'|'.join(branches)})"


def _set(characters: Iterable[str]) -> str:
    return f"[{''.join(map(re.escape, characters))}]"


def _pattern(node: Trie) -> str:
    ends = END in node
    branches = [re.escape(character) + _pattern(rest) for character, rest in sorted(node.items()) if character != END]
    if not branches:
        return ""
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"


def hits(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int, int]]:
    """Each word found with its span, in order, none overlapping."""
    for match in pattern.finditer(text):
        yield match[0], match.start(), match.end()
