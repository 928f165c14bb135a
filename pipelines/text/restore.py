"""The order of the steps that give a text back as its author wrote it."""

from typing import Literal

from pipelines.text import annotations, mojibake, script, splices, typography

Output = Literal["simplified", "traditional", "keep"]


def restore(text: str, *, into: Output = "simplified") -> str:
    """Aids out, wrong decodings taken back, splices undone, typography plain, in the script asked for.

    Lines stay lines, so that fields joined by line ends come apart again. Aids are told from glosses by the whole of
    the text: give it a page at a time. Text that is clean and in that script comes back as it is.
    """
    text = typography.tidy(splices.undo(mojibake.repair(annotations.strip(text))))
    match into:
        case "simplified":
            return script.to_simplified(text)
        case "traditional":
            return text if script.detect(text) == "traditional" else script.to_traditional(text)
        case "keep":
            return text
    raise ValueError(f"the script is simplified, traditional or keep, not {into!r}")
