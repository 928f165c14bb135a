"""Makes ``prose.txt``, how often characters stand alone and together in Chinese prose, from a dictionary with counts.

    python -m pipelines.text.count_prose DICT.TXT > pipelines/text/prose.txt

The dictionary is jieba's (MIT licence): word, count and part of speech a line. A line of ``prose.txt`` is a character
and its level, then what stands behind it in a word, each with its level; behind a tab, what does so in names above all.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import log2
from pathlib import Path
from string import ascii_letters

_OFTEN = 60
"""Two characters that stand together so often are kept."""
_EVER = 4
"""Characters that stand so often are kept."""
_NAMES = ("nr", "ns", "nt", "nz")


def _is_han(word: str) -> bool:
    return all("\u3400" <= c <= "\u9fff" for c in word)


def level(count: int) -> str:
    """A count in half bits, as a letter: a is 1, c is 2, e is 4."""
    return ascii_letters[round(2 * log2(count))] if count else "a"


def lines(dictionary: Iterable[str]) -> Iterator[str]:
    """The lines of ``prose.txt``."""
    alone: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    named: Counter[tuple[str, str]] = Counter()
    for word, times, speech in map(str.split, dictionary):
        if _is_han(word):
            for character in word:
                alone[character] += int(times)
            for pair in pairwise(word):
                together[pair] += int(times)
                named[pair] += int(times) * speech.startswith(_NAMES)
    behind: defaultdict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for (first, second), count in sorted(together.items()):
        if count >= _OFTEN:
            behind[first][2 * named[first, second] > count].append(second + level(count))
    for character, count in sorted(alone.items()):
        if count >= _EVER:
            words, names = behind[character]
            yield f"{character}{level(count)}{''.join(words)}\t{''.join(names)}".rstrip("\t")


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8") as dictionary:
        for line in lines(dictionary):
            sys.stdout.write(f"{line}\n")
