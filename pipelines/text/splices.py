"""Aids spliced into the middle of a character: undone, with proof.

A mirror puts its aids in by a blind replace on GBK bytes. In 當地 (AE94 B5D8) the bytes 94B5 are 數, so the aid lands
between B5 and D8: B5 and the bracket become ``?``, and from D8 on every character is read out of step until a byte
below 80 brings the decoder back. All bytes but B5 are still there, and B5 is known: it completes the byte before it to
a character with the aid's reading. So the run is read again in step; what comes out must be text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from heapq import merge
from itertools import islice, pairwise, product
from math import log2
from typing import NamedTuple

from pipelines.text import gaps, gbk, prose, readings
from pipelines.text.annotations import CLOSING, OPENING, SYLLABLE
from pipelines.text.disguises import each
from pipelines.text.readings import LETTERS

HOLE = "\ufffd"
"""Stands for a character of a restored run whose second byte is lost for good."""
LOST = f"?？{HOLE}"
_FULLWIDTH = re.compile("[\uff01-\uff5e]")
SIGNS = re.compile(f"[{LOST}{OPENING[1:-1]}!！]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_SPLICE = re.compile(rf"(?:[{LOST}]{OPENING}?|{OPENING})\s?({SYLLABLE})\s?{CLOSING}")
_FIRST = f"{LOST}(（"
"""What a splice begins with."""
_AID = re.compile(rf"{OPENING}\s?({SYLLABLE})\s?{CLOSING}")
_LETTER_OF = {box: chr(code) for code in range(0x61, 0x7B) if (box := gbk.character(bytes((0xA8, code))))}
BOX = re.compile(f"[{''.join(_LETTER_OF)}]")
_BOX_AID = re.compile(rf"([{''.join(_LETTER_OF)}])(?=[{LETTERS}]{{0,7}}[)）])")
_BOXED = re.compile(rf"(?<=[^\x00-\x7f])[^\x00-\x7f]{_BOX_AID.pattern}")
"""A splice with a full-width bracket, A3A8: A3 went to the lone lead byte, and A8 to the aid's first letter."""
_BEHIND_MARK = "".join(c for mark in "”》" for c in gbk.row(mark.encode("gb18030")[1]))
"""The characters whose first byte is the second of a closing mark."""
_SHIFTED_HINT = re.compile(f"[!！](?=[{_BEHIND_MARK}][\u3400-\u9fff]{{2}})")
_SHIFTED = re.compile(f"[{LOST}]?{_SHIFTED_HINT.pattern}")
"""Where a byte is lost before A3: A3 and the A1 of a closing mark were read as ！."""
_CLOSE = "\ufdd0"
"""Stands for the mark at the end of a line until the line is read."""
_MARKS = 0xA1
"""The lead byte of 。 and the quotation marks."""
_ENDS = "。！？…"
_WITHIN = f"，；：{_ENDS}"
_TAIL = re.compile(r"(?P<tag>/(?:p|span|strong|div|td|li|a|font|b|h[1-6])>)|[\s\ue000-\uf8ff]{0,8}$")
"""What may follow a byte lost at the end of a line: a tag whose < went with it, icons of a font."""
_HIGH = range(0x80, 0xFF)
_WORD = 2
_MOST = 5_000
"""Runs that are tried in one line."""
_IDEOGRAPHS = "\u2e80"
"""From here on it is not Latin, as the letters of aids are."""
_LONGEST = 400
"""Characters after which a run that never falls into step is given up."""
_WAYS = 64
"""Ways to read one run that are followed at once."""
_TEXT = 12.0
"""Mean cost in bits up to which a reading is text."""
_SHORT = 10.0
"""Bits on top, for a run of one rare character."""
_HOLE = 10.0
_CUT = 4.0
"""A hole at the end of the line, where a byte of a run is lost more often than not."""
_UNUSUAL = 7.0
"""What it costs that an aid isn't its character's usual reading, which mirrors have in their tables."""
_LONE_ASCII = 11.0
"""Bits of a single ASCII character between two Han characters, which may be lost with the byte before it."""
_COUNTED = frozenset(
    "年月日号时点分秒岁名位人个家所次条项种只枚部座场届期级倍成层万亿千百十多余米吨公里平亩架艘辆台块死伤省市州县村胜比至到"
)
"""Before them a digit is no wonder."""
_MARGIN = 3.0
"""Bits by which the best reading must be likelier than any other."""
_SURE = 15.0
"""The same, where only the reading says that anything is lost."""


class _Way(NamedTuple):
    """One way to read a run so far."""

    cost: float
    text: str
    """What is read, behind the character before the run."""
    pending: int = 0
    """A lead byte that waits for its trail."""

    def read(self, char: str, pending: int = 0, *, dearer: float = 0.0) -> _Way:
        return _Way(self.cost + prose.cost(self.text[-1], char) + dearer, self.text + char, pending)

    def hole(self, cost: float = _HOLE) -> _Way:
        return _Way(self.cost + cost, self.text + HOLE)


def unbox(text: str) -> str:
    """Gives an aid whose bracket was full-width the first letter back that the bracket's second byte took with it."""
    if _BOX_AID.search(text) is None:
        return text
    return _BOXED.sub(lambda found: f"?{_LETTER_OF[found[1]]}", text)


def undo(text: str) -> str:
    """Restores every run that a spliced aid put out of step; what can't be proved stays as it is.

    A character whose bytes are lost in part becomes U+FFFD.
    """
    places = _places(text)
    if not places:
        return text
    folded = _FULLWIDTH.search(text) is None
    lossy = folded and _PRIVATE.search(text) is None
    out: list[str] = []
    done = 0
    for place in places:
        if place < done:
            continue
        start = text.rfind("\n", 0, place) + 1
        end = text.find("\n", place)
        line = text[start : end if end >= 0 else None]
        out += (text[done:start], _line(line, folded=folded, lossy=lossy))
        done = start + len(line)
    return "".join((*out, text[done:]))


def _places(text: str) -> list[int]:
    """Where runs may begin, in order."""
    behind_aids = (place for place in each(text, _FIRST) if _may_begin(text, place))
    shifted = (place for place in each(text, "!！") if _SHIFTED_HINT.match(text, place))
    return sorted((*behind_aids, *shifted))


def _may_begin(text: str, place: int) -> bool:
    """Whether there is an aid that is not simply that of the character before it."""
    found = _SPLICE.match(text, place)
    if found is None:
        return False
    return found[0][0] in LOST or place == 0 or not readings.is_reading(found[1], text[place - 1])


def _is_open(text: str) -> bool:
    """Whether a closing mark may be lost."""
    return text.count("“") > text.count("”") or text.count("《") > text.count("》")


def _line(line: str, *, folded: bool, lossy: bool) -> str:
    """``folded``: full-width characters may have been made ASCII. ``lossy``: private-use ones may have been dropped."""
    out: list[str] = []
    before = ""
    done = 0
    for found in islice(_searched(line), _MOST):
        if found.start() < done:
            continue
        before = (before + line[done : found.start()])[-2:]
        out.append(line[done : found.start()])
        run = _run(line, found, before, folded=folded)
        if (
            run is not None
            and lossy
            and HOLE not in run[1]
            and gaps.may_hide(before[-1:] + run[1] + line[run[0] : run[0] + 1])
        ):
            run = None
        done, text = run or (found.end(), found[0])
        if text.endswith(_CLOSE):
            text = text[:-1] + _mark("".join((*out, text[:-1])))
        out.append(text)
        before = (before + text)[-2:]
    return "".join((*out, line[done:]))


def _searched(line: str) -> Iterator[re.Match[str]]:
    """Places where a run may begin, in order."""
    if "!" not in line and "！" not in line:
        return _SPLICE.finditer(line)
    return merge(_SPLICE.finditer(line), _SHIFTED.finditer(line), key=re.Match.start)


def _run(line: str, start: re.Match[str], before: str, *, folded: bool) -> tuple[int, str] | None:
    """Where the run ends that begins in the line with ``start``, and what the line said from there to the end.

    ``before`` is what stands in front of it, two characters.
    """
    if start.re is _SHIFTED:
        known = start[0][0] in LOST or _is_open(line)
        way = _Way(_HOLE, before[-1:] + HOLE, _MARKS)
        return _follow(line, start.end(), [way], folded=folded, beats=_MARGIN if known else _SURE)
    syllable, lost, last = start[1], start[0][0] in LOST, before[-1:]
    if last.isascii():
        return (start.end(), "") if not lost and _is_trail(before, syllable) else None
    raw = gbk.pair(last)
    if raw is None or (not lost and readings.is_reading(syllable, last)):
        return None
    ways = [_Way(dear, last, trail) for _, trail, dear in _read_so(raw[1], syllable)]
    return _follow(line, start.end(), ways, folded=folded)


@lru_cache(maxsize=65_536)
def _read_so(lead: int, syllable: str) -> tuple[tuple[str, int, float], ...]:
    """The characters with that lead byte and that aid: each with its trail byte, and what it costs."""
    return tuple(
        (char, char.encode("gb18030")[1], 0.0 if readings.is_usual(syllable, char) else _UNUSUAL)
        for char in gbk.changed(lead)
        if readings.is_reading(syllable, char)
    )


def _follow(
    line: str, start: int, ways: list[_Way], *, folded: bool, beats: float | None = None
) -> tuple[int, str] | None:
    """Reads the ways on to their ends and takes the best; it ``beats`` the text as it is by so many bits."""
    done: list[tuple[float, int, str]] = []
    at = start
    out_of_step = _out_of_step()
    while ways and at - start < _LONGEST:
        if (piece := out_of_step.match(line, at)) is not None:
            at, ways = piece.end(), _shifted(ways, piece[0])
            continue
        at, ways, ended = _step(line, at, ways, folded=folded)
        after = line[at : at + 1]
        for way in ended:
            cost = way.cost + prose.bond(way.text[-1], after) - prose.chosen(way.text + after)
            done.append((cost, at, way.text[1:]))
    if beats is not None:
        done = [
            (cost, end, text)
            for cost, end, text in done
            if cost + beats < prose.text_cost(line[start:end]) and len(text) > _WORD
        ]
    return _best(line, done)


def _is_trail(text: str, syllable: str) -> bool:
    """Whether the last character, ASCII, is the trail byte of a character with that reading: 的X(nǎo)."""
    raw = text.encode("gb18030", "ignore")[-2:]
    c = gbk.character(raw)
    return c is not None and c in gbk.changed(raw[0]) and readings.is_reading(syllable, c)


def _best(line: str, done: list[tuple[float, int, str]]) -> tuple[int, str] | None:
    """The likeliest reading, if it is text and no other that means something else is nearly as likely."""
    likely = [way for way in done if way[0] <= _TEXT * len(way[2]) + _SHORT]
    if not likely:
        return None
    if len(likely) > 1:
        last = max(at for _, at, _ in likely)
        likely = sorted((cost + _left(line[at:last]), at, text) for cost, at, text in likely)
    least, end, text = likely[0]
    near = [(at, other) for cost, at, other in likely[1:] if cost - least < _MARGIN]
    if any(at != end or not _means_the_same(text, other) for at, other in near):
        return None
    return end, text


def _means_the_same(text: str, other: str) -> bool:
    return list(map(prose.simplified, text)) == list(map(prose.simplified, other))


def _left(text: str) -> float:
    """The cost of what one reading leaves as it is and another reads."""
    return sum(prose.cost(before, char) for before, char in pairwise(f"。{text}") if char >= _IDEOGRAPHS)


@cache
def _out_of_step() -> re.Pattern[str]:
    """Characters of two bytes from 80 on: what is out of step stays so."""
    return re.compile(f"[{''.join(filter(None, (gbk.character(bytes(both)) for both in product(_HIGH, _HIGH))))}]+")


def _shifted(ways: list[_Way], piece: str) -> list[_Way]:
    """Reads characters of two bytes from 80 on: all ways read the same but for the first."""
    raw = piece.encode("gb18030")
    try:
        rest = raw[1:-1].decode("gb18030")
    except UnicodeDecodeError:
        return []
    dearer = sum(map(prose.cost, rest, rest[1:]))
    grid = gbk.grid()
    out = []
    for way in ways:
        if (first := grid[way.pending << 8 | raw[0]]) is not None:
            begun = way.read(first, raw[-1])
            if rest:
                cost = begun.cost + prose.cost(first, rest[0]) + dearer
                begun = _Way(cost, begun.text + rest, raw[-1])
            out.append(begun)
    return out


def _step(line: str, at: int, ways: list[_Way], *, folded: bool) -> tuple[int, list[_Way], list[_Way]]:
    """Reads one more piece of the damaged line: the place behind it, the ways that go on, the ways that end."""
    if (aid := _SPLICE.match(line, at)) is not None:
        if aid[0][0] in LOST:
            return aid.end(), [], [ended for way in ways for ended in _completed(way, aid[1])]
        return aid.end(), ways if readings.is_reading(aid[1], line[at - 1]) else [], []
    if (end := _line_end(line, at)) is not None:
        return end, [], _closed(ways) or [way.hole(_CUT) for way in ways]
    if line[at] not in LOST:
        return _read(line, at, ways, folded=folded)
    # a question mark may also be what A3 BF, out of step, was read as
    onward = [] if line[at] == HOLE else _read(line, at, ways, folded=folded)[1]
    return at + 1, onward, _singles(line[at + 1 : at + 2], ways) or [way.hole() for way in ways]


def _line_end(line: str, at: int) -> int | None:
    """The end of the line, if nothing is in between but a lost byte, and behind that a tag's rest or icons."""
    if at < len(line) and line[at] in LOST:
        at += 1
        if (tail := _TAIL.match(line, at)) is not None:
            return tail.end("tag") if tail["tag"] else at
    return at if at == len(line) else None


def _read(line: str, at: int, ways: list[_Way], *, folded: bool) -> tuple[int, list[_Way], list[_Way]]:
    """Reads one character of the damaged line in step."""
    char = line[at]
    onward: list[_Way] = []
    ended: list[_Way] = []
    grid = gbk.grid()
    for raw in _bytes(char, folded=folded):
        for way in ways:
            if (read := grid[way.pending << 8 | raw[0]]) is None:
                continue
            if raw[1:] >= b"\x80":
                onward.append(way.read(read, raw[1]))
            else:  # in step again; a trail below 80 was an ASCII character that the decoder took for a trail
                back = way.read(read)
                ended.append(back._replace(text=back.text + raw[1:].decode()))
    if not onward and not ended and char.isascii():  # the decoder dropped the lone lead byte
        return at, [], [way.hole() for way in ways]
    end = at + 1
    if ended and (aid := _AID.match(line, end)) is not None:
        ended = [way for way in ended if readings.is_reading(aid[1], way.text[-1])]
        end = aid.end()
    return end, sorted(onward)[:_WAYS], ended


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
    for char, _, dear in _read_so(way.pending, syllable):
        yield way.read(char, dearer=dear)


def _singles(after: str, ways: list[_Way]) -> list[_Way]:
    """A trail byte of 80 is read as nothing. As another byte and an ASCII character may be lost, that must be unlikely.

    Where such a loss is no wonder, the character must make a word with the one before it.
    """
    likely = after.isascii() or prose.simplified(after) in _COUNTED
    out = []
    for way in ways:
        if (c := gbk.character(bytes((way.pending, 0x80)))) is None:
            continue
        read = way.read(c)
        bond = prose.bond(*read.text[-2:])
        cost = prose.alone(c) + bond + prose.bond(c, after)
        if bond < 0 if likely else cost + _MARGIN < _lead_cost(way.pending) + _LONE_ASCII:
            out.append(read)
    return out


@cache
def _lead_cost(lead: int) -> float:
    """How unlikely any character of one lead byte is, in bits."""
    return -log2(sum(2 ** -prose.alone(c) for c in gbk.row(lead)) + 2**-prose.NEVER)


def _closed(ways: list[_Way]) -> list[_Way]:
    """The line ends on a lone lead byte: where that is A1, a mark that closes something."""
    return [way.read("。")._replace(text=way.text + _CLOSE) for way in ways if way.pending == _MARKS]


def _mark(said: str) -> str:
    """The mark that closes a line: what it has open, else 。; a hole where it may be either."""
    if said.count("《") > said.count("》"):
        return "》"
    if said.count("“") <= said.count("”"):
        return "。"
    quoted = said.rpartition("“")[2]
    # speech ends on 。” or goes on in the next paragraph
    return "”" if said[-1] in _ENDS or not any(mark in quoted for mark in _WITHIN) else HOLE
