"""The order of the steps that give a text back as its author wrote it."""

from functools import cache
from typing import Literal

from pipelines.text import annotations, mojibake, script, splices, typography
from pipelines.text.signs import Signs

Output = Literal["simplified", "traditional", "keep"]

_STEPS = (
    (mojibake.repair, mojibake.SIGNS),
    (splices.unbox, splices.BOX),
    (splices.undo, splices.SIGNS),
    (typography.tidy, typography.SIGNS),
)
"""Each with the characters without which it has nothing to do."""
_MISREAD = 1
"""The bit of the first."""
_PASSES = 3


@cache
def _signs() -> Signs:
    return Signs([signs for _, signs in _STEPS], typography.TWICE)


def restore(text: str, *, into: Output = "simplified") -> str:
    """Aids out, wrong decodings taken back, splices undone, typography plain, in the script asked for.

    Lines stay lines, so that fields joined by line ends come apart again. Aids are told from glosses by the whole of
    the text: give it a page at a time. Text that is clean and in that script comes back as it is.
    """
    stripped = annotations.strip(text)
    text = _restored(stripped)
    if text != stripped and _revealed(stripped, text) and (again := annotations.strip(text)) != text:
        text = _restored(again)
    match into:
        case "simplified":
            return script.to_simplified(text)
        case "traditional":
            return text if script.detect(text) == "traditional" else script.to_traditional(text)
        case "keep":
            return text
    raise ValueError(f"the script is simplified, traditional or keep, not {into!r}")


def _revealed(before: str, after: str) -> bool:
    """Whether there are aids that were not to be seen before: escaped, or misread with all around them."""
    return annotations.may_hold(after) and ("&" in before or mojibake.SIGNS.search(before) is not None)


def _restored(text: str) -> str:
    """The text after all steps it needs; what tidying brings together may be a wrong decoding yet."""
    present = _signs().of(text)
    for _ in range(_PASSES):
        before = text
        text, present = _stepped(text, present)
        if text == before or not present & _MISREAD:
            break
    return text


def _stepped(text: str, present: int) -> tuple[str, int]:
    """The text after each step once, and the signs in it. What a step brings up is for the later ones."""
    due = present
    for bit, (step, _) in enumerate(_STEPS):
        if due >> bit & 1 and (after := step(text)) != text:
            text, present = after, _signs().of(after)
            due |= present
    return text, present
