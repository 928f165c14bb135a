"""The text of ``--help``: paragraphs that flow, and examples to copy."""

from __future__ import annotations

import inspect
import re


def examples(*lines: str) -> str:
    """The end of a command's help: each example on a line of its own."""
    return "\n".join(("Examples:" if len(lines) > 1 else "Example:", *(f"  {line}" for line in lines)))


def flowing(docstring: str) -> str:
    """A docstring whose paragraphs are one line each: the terminal says where they break."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(docstring))
