"""Aids spliced into the middle of a character: undone, with proof.

A mirror puts its aids in by a blind replace on GBK bytes. In 當地 (AE94 B5D8) the bytes 94B5 are 數, so the aid lands
between B5 and D8: B5 and the bracket become ``?``, and from D8 on every character is read out of step until a byte
below 80 brings the decoder back. All bytes but B5 are still there, and B5 is known: it completes the byte before it to
a character with the aid's reading. So the run is read again in step; what comes out must be text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.text import gbk, readings, script
from pipelines.text.annotations import CLOSING, OPENING, SYLLABLE

HOLE = "\ufffd"
"""Stands for a character of a restored run whose second byte is lost for good."""
LOST = f"?？{HOLE}"
_FULLWIDTH = re.compile("[\uff01-\uff5e]")
_SPLICE = re.compile(rf"(?:[{LOST}]{OPENING}?|{OPENING})\s?({SYLLABLE})\s?{CLOSING}")
_HINT = re.compile(rf"[{LOST}(（]{OPENING}?\s?{SYLLABLE}\s?{CLOSING}")
"""The same, begun with one class, which ``re`` looks for much faster."""
_AID = re.compile(rf"{OPENING}\s?({SYLLABLE})\s?{CLOSING}")
_LONGEST = 400
"""Characters after which a run that never falls into step is given up."""
_WAYS = 64
"""Ways to read one run that are followed at once."""
_TEXT = 12.0
"""Mean cost in bits up to which a reading is text."""
_SHORT = 10.0
"""Bits on top, for a run of one rare character."""
_HOLE = 10.0
_MARGIN = 4.0
"""Bits by which the best reading must be likelier than any other."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to read a run so far."""

    text: str
    """What is read, behind the character before the run."""
    cost: float
    pending: int = 0
    """A lead byte that waits for its trail."""
    damaged: str = ""
    """The last character as the damaged text has it."""

    def read(self, char: str, pending: int = 0, damaged: str = "") -> _Way:
        return _Way(self.text + char, self.cost + gbk.cost(self.text[-1], char), pending, damaged)

    def followed(self, text: str) -> _Way:
        return replace(self, text=self.text + text)

    def hole(self) -> _Way:
        return replace(self, text=self.text + HOLE, cost=self.cost + _HOLE)


def undo(text: str) -> str:
    """Restores every run that a spliced aid put out of step; what can't be proved stays as it is."""
    if _HINT.search(text) is None:
        return text
    folded = _FULLWIDTH.search(text) is None
    return "\n".join(_line(line, folded=folded) for line in text.split("\n"))


def _line(line: str, *, folded: bool) -> str:
    start = 0
    while (found := _SPLICE.search(line, start)) is not None:
        start = found.end()
        if (undone := _run(line, found, folded=folded)) is not None:
            end, text = undone
            line = line[: found.start()] + text + line[end:]
            start = found.start() + len(text)
    return line


def _run(line: str, splice: re.Match[str], *, folded: bool) -> tuple[int, str] | None:
    """Where the run behind a splice ends in the line, and what the line said from the splice to there."""
    before = line[splice.start() - 1 : splice.start()]
    raw = gbk.pair(before) if before else None
    if before.isascii() and splice[0][0] not in LOST:
        return (splice.end(), "") if _is_trail(line[: splice.start()], splice[1]) else None
    if raw is None or len(raw) != 2 or (splice[0][0] not in LOST and readings.is_reading(splice[1], before)):
        return None
    ways = [
        _Way(before, 0.0, spliced[1])
        for c in gbk.changed(raw[1])
        if readings.is_reading(splice[1], c) and (spliced := gbk.pair(c)) is not None
    ]
    done: list[tuple[float, int, str]] = []
    at = splice.end()
    while ways and at - splice.end() < _LONGEST:
        at, ways, ended = _step(line, at, ways, folded=folded)
        after = line[at : at + 1]
        done += [(way.cost + gbk.bond(way.text[-1], after), at, way.text[1:]) for way in ended]
    return _best(done)


def _is_trail(text: str, syllable: str) -> bool:
    """Whether the last character, ASCII, is the trail byte of a character with that reading: 的X(nǎo)."""
    raw = text[-2:].encode("gb18030", "ignore")[-2:]
    c = gbk.character(raw)
    return c is not None and c in gbk.changed(raw[0]) and readings.is_reading(syllable, c)


def _best(done: list[tuple[float, int, str]]) -> tuple[int, str] | None:
    """The likeliest reading, if it is text and no other that means something else is nearly as likely."""
    likely = sorted(way for way in done if way[0] <= _TEXT * len(way[2]) + _SHORT)
    if not likely:
        return None
    best = likely[0]
    meant = script.convert(best[2])
    if any(c - best[0] < _MARGIN and (at != best[1] or script.convert(t) != meant) for c, at, t in likely):
        return None
    return best[1:]


def _step(line: str, at: int, ways: list[_Way], *, folded: bool) -> tuple[int, list[_Way], list[_Way]]:
    """Reads one more piece of the damaged line: the place behind it, the ways that go on, the ways that end."""
    if at >= len(line):
        return at, [], _closed(line, ways) or [way.hole() for way in ways]
    if (aid := _SPLICE.match(line, at)) is not None:
        if aid[0][0] in LOST:
            return aid.end(), [], [ended for way in ways for ended in _completed(way, aid[1])]
        return aid.end(), [way for way in ways if readings.is_reading(aid[1], way.damaged)], []
    char = line[at]
    if char in LOST:
        after = line[at + 1 : at + 2]
        known = _singles(after, ways) if after else _closed(line, ways)
        return at + 1, [], known or [way.hole() for way in ways]
    onward: list[_Way] = []
    ended: list[_Way] = []
    for way in ways:
        for raw in _bytes(char, folded=folded):
            read = gbk.character(bytes((way.pending, raw[0])))
            if read is None:
                continue
            if raw[1:] >= b"\x80":
                onward.append(way.read(read, raw[1], char))
            else:  # in step again; a trail below 80 was an ASCII character that the decoder took for a trail
                ended.append(way.read(read).followed(raw[1:].decode()))
    end = at + 1
    if ended and (aid := _AID.match(line, end)) is not None:
        ended = [way for way in ended if readings.is_reading(aid[1], way.text[-1])]
        end = aid.end()
    return end, sorted(onward, key=lambda way: way.cost)[:_WAYS], ended


def _bytes(char: str, *, folded: bool) -> Iterator[bytes]:
    """The bytes a character of the damaged text may have been."""
    if char.isascii():
        yield char.encode()
        if folded and "!" <= char <= "~":
            yield bytes((0xA3, ord(char) + 0x80))
    elif (raw := gbk.pair(char)) is not None:
        yield raw


def _completed(way: _Way, syllable: str) -> Iterator[_Way]:
    """A true character's aid has eaten its trail byte: the reading gives it back, and all is in step again."""
    for char in gbk.changed(way.pending):
        if readings.is_reading(syllable, char):
            yield way.read(char)


def _singles(after: str, ways: list[_Way]) -> list[_Way]:
    """A trail byte of 80 is read by itself, as nothing; another may be lost, so it must make a word with its neighbour."""
    read = [way.read(c) for way in ways if (c := gbk.character(bytes((way.pending, 0x80)))) is not None]
    return [way for way in read if gbk.bond(*way.text[-2:]) + gbk.bond(way.text[-1], after) < 0]


def _closed(line: str, ways: list[_Way]) -> list[_Way]:
    """The line ends on a lone lead byte: where that is A1, the mark that closes what the line has open, else 。"""
    return [way.read(mark) for way in ways if way.pending == 0xA1 and (mark := _mark(line, way.text)) is not None]


def _mark(line: str, text: str) -> str | None:
    for opening, closing in ("《》", "“”"):
        if line.count(opening) + text.count(opening) > line.count(closing) + text.count(closing):
            # a quotation that goes on in the next paragraph is not closed in this one
            return None if line.startswith("“") and text[-1] not in "。！？…" else closing
    return "。"
