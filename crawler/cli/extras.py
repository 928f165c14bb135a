"""Which extra of the package brings a library that is not installed."""

from __future__ import annotations

import re
from collections.abc import Iterable

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+).*extra == ['\"]([a-z]+)['\"]")
DEVELOPMENT = frozenset({"test", "bench"})


def extra_of(module: str, requirements: Iterable[str]) -> str | None:
    """The extra whose requirements name the module's distribution; None for what no extra brings.

    ``requirements`` as ``importlib.metadata.requires`` has them: ``apscheduler>=3.11; extra == 'schedule'``.
    """
    wanted = module.partition(".")[0].replace("_", "-").lower()
    for match in filter(None, map(_REQUIREMENT.match, requirements)):
        name, extra = match.groups()
        if name.replace("_", "-").lower() == wanted and extra not in DEVELOPMENT:
            return extra
    return None
