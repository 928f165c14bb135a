"""What a crawl in a process of its own tells whoever started it: one line, of the JSON that ``panxi crawl`` prints."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended: its exit code, and what it printed."""

    code: int
    out: bytes = b""

    @property
    def summary(self) -> dict[str, Any] | None:
        """A crawl's summary; None where it printed none."""
        line = self.out.strip().rpartition(b"\n")[2]
        try:
            found = json.loads(line)
        except ValueError:
            return None
        return found if isinstance(found, dict) and "pages" in found else None

    @property
    def in_vain(self) -> bool:
        """Whether there were visits, and every one of them failed."""
        told = self.summary
        return told is not None and 0 < told["pages"] <= _failed(told)


def line(ended: Ended) -> str:
    """How a crawl went: pages, new and changed articles, failures and their main reason. Empty where it did not say."""
    told = ended.summary
    if told is None:
        return ""
    parts = [f"{told['pages']} pages", f"{told['new']} new", f"{told['changed']} changed", f"{_failed(told)} failed"]
    main = max(told["failed"], key=lambda one: one["count"], default=None)
    why = f" ({main['count']} × {main['reason']}, e.g. {main['example']})" if main else ""
    stopped = "" if told["ended"] == "finished" else f", ended by {told['ended']}"
    return ", ".join(parts) + why + stopped


def _failed(told: dict[str, Any]) -> int:
    return sum(one["count"] for one in told["failed"])
