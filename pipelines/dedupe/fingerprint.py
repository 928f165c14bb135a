"""Fingerprints: what an archive of a million articles looks near-duplicates up by.

MinHash over character 3-grams of the cleaned, simplified text (every Chinese word of note has two or more
characters, so no word list is needed), in bands; and the smallest of its sentences' hashes, by which an excerpt
finds the whole. The arithmetic is fixed here and not left to a library's version: fingerprints are kept for ever,
and two processes, two releases and two machines must make the same ones. Change anything and ``RECIPE`` changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b, sha256

import numpy as np
from numpy.typing import NDArray

from crawler.items import Article, Fingerprint
from pipelines.dedupe.core import sentences, story_days, trimmed

RECIPE = 2
GRAM = 3
BANDS = 16
ROWS = 3
ANCHORS = 16
"""Sentences by which an excerpt is found. Of a fifth of a report, 4 find two thirds, 8 nine in ten, 16 all but one in
thirty; a report has 9 long sentences on average, so that more of them cost little more.
"""
SENTENCE = 12
"""Characters a sentence has at least, to be one to find an article by."""

Hashes = NDArray[np.uint64]

# Odd constants of SplitMix64 and MurmurHash3's finalisers: any well-mixed ones do, these are for ever.
WEIGHTS = tuple(np.uint64(w) for w in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
MIX = np.uint64(0xFF51AFD7ED558CCD)
HALF = np.uint64(32)


def _mixed(values: Hashes) -> Hashes:
    values = (values ^ (values >> HALF)) * MIX
    return values ^ (values >> HALF)


def _multipliers(count: int) -> Hashes:
    """One odd multiplier a permutation, by SplitMix64 from 1."""
    state = np.arange(1, count + 1, dtype=np.uint64) * WEIGHTS[0]
    state = (state ^ (state >> np.uint64(30))) * WEIGHTS[1]
    state = (state ^ (state >> np.uint64(27))) * WEIGHTS[2]
    return (state ^ (state >> np.uint64(31))) | np.uint64(1)


PERMUTATIONS = _multipliers(BANDS * ROWS)[:, None]
BAND_WEIGHTS = _multipliers(BANDS * ROWS)[::-1].reshape(BANDS, ROWS).copy()


def shingles(core: str) -> Hashes:
    """Hashes of the 3-grams of a text of words, in reading order; of a shorter text its one hash."""
    codes = np.frombuffer(core.ljust(GRAM).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    last = len(codes) - GRAM + 1
    mixed = codes[:last] * WEIGHTS[0]
    for step in range(1, GRAM):
        mixed += codes[step : step + last] * WEIGHTS[step]
    return _mixed(mixed)


def distinct(hashes: Hashes) -> Hashes:
    """Each hash once, ascending."""
    ordered = np.sort(hashes)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def signature(hashes: Hashes) -> NDArray[np.uint32]:
    """MinHash: for each permutation the smallest of the permuted hashes (their upper 32 bits)."""
    least: Hashes = (hashes * PERMUTATIONS).min(axis=1)
    return (least >> HALF).astype("<u4")


def anchors(parts: Iterable[str]) -> list[int]:
    """The smallest hashes of the long sentences: a text and an excerpt of it are likely to share one."""
    return sorted(_hash64(part) for part in {*parts} if len(part) >= SENTENCE)[:ANCHORS]


def _hash64(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)


def fingerprint(article: Article) -> Article:
    """The article with its fingerprint, made from its body (from its title where it has no body)."""
    parts = sentences(trimmed(article.body) if article.body else article.title)
    core = "".join(parts)
    hashes = distinct(shingles(core))
    signed = signature(hashes)
    keys = _mixed((signed.reshape(BANDS, ROWS) * BAND_WEIGHTS).sum(axis=1, dtype=np.uint64))
    made = Fingerprint(
        recipe=RECIPE,
        exact=sha256(core.encode()).hexdigest(),
        shingles=len(hashes),
        bands=tuple(dict.fromkeys([*keys.view(np.int64).tolist(), *anchors(parts)])),
        signature=signed.tobytes(),
        days=story_days(article.body, article.published_at),
    )
    return replace(article, fingerprint=made)
