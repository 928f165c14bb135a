"""Text that XML, e-mail headers and calendars can hold."""

from __future__ import annotations

import re
from typing import Final

_UNFIT: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without control characters and lone surrogates: one of them breaks a whole feed."""
    return _UNFIT.sub("", text)
