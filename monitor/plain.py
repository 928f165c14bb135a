"""Text that XML, e-mail headers and calendars can hold."""

from __future__ import annotations

import re
from typing import Final

_UNFIT: Final = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without control characters and lone surrogates: one of them breaks a whole feed."""
    return _UNFIT.sub("", re.sub("\r\n?", "\n", text))


def line(text: str) -> str:
    """The text on one line, for titles; never empty, as feeds want one."""
    return " ".join(clean(text).split()) or "（无题）"
