"""Reading aids that mirrors strew into text: 發(fā)展 -> 發展."""

from __future__ import annotations

import re
from functools import cache

from pipelines.text import readings, script

LETTERS = "a-zɡɑāáǎàăēéěèĕêīíǐìĭōóǒòŏūúǔùŭüǖǘǚǜńňǹḿ\u0300\u0301\u0304\u0306\u0308\u030c"
_AID = re.compile(rf"([\u3400-\u9fff\U00020000-\U000323af])[(（]\s?([{LETTERS}]{{1,8}}[1-5]?)\s?[)）]")


@cache
def _is_aid(character: str, syllable: str) -> bool:
    return script.to_simplified_raw(character) != character and readings.is_reading(syllable.rstrip("12345"), character)


def strip(text: str) -> str:
    """Removes the aids."""
    return _AID.sub(lambda found: found[1] if _is_aid(found[1], found[2]) else found[0], text)
