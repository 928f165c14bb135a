"""An earlier export, as its index remembers it: what is new or changed since, and what is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from storage.corpus.index import Records
from storage.corpus.plan import Ids

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Earlier:
    """The articles of an earlier export, and which of them were met again."""

    def __init__(self, records: Records) -> None:
        order = np.argsort(records["id"], kind="stable")
        self._ids: Ids = np.ascontiguousarray(records["id"][order])
        self._digests = records["digest"][order]
        self._met: Mask = np.zeros(len(order), dtype=np.bool_)

    def changed(self, made: Records) -> Mask:
        """Which of these records the earlier export did not hold, or held otherwise."""
        place = np.searchsorted(self._ids, made["id"])
        place[place == len(self._ids)] = 0
        known: Mask = self._ids[place] == made["id"] if len(self._ids) else np.zeros(len(made), dtype=np.bool_)
        self._met[place[known]] = True
        same = known.copy()
        same[known] = self._digests[place[known]] == made["digest"][known]
        return ~same

    def withdrawn(self, size: int) -> Iterator[Ids]:
        """The ids of those that were not met again, ascending, at most ``size`` at once."""
        gone = self._ids[~self._met]
        for start in range(0, len(gone), size):
            yield gone[start : start + size]
