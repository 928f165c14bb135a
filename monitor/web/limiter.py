"""How often one address may ask: a token bucket each."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock


class Limiter:
    """Lets ``burst`` requests through at once and ``rate`` a second from then on, for each key apart."""

    def __init__(self, *, burst: int, rate: float, keys: int = 10_000) -> None:
        """``keys``: how many addresses are remembered; the one that was quiet longest is forgotten first."""
        self._burst = float(burst)
        self._rate = rate
        self._keys = keys
        self._lock = Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Seconds the key has to wait; 0.0 counts one request and lets it through. ``now`` is monotonic."""
        with self._lock:
            level, since = self._buckets.pop(key, (self._burst, now))
            level = min(self._burst, level + (now - since) * self._rate)
            wait = 0.0 if level >= 1 else (1 - level) / self._rate
            self._buckets[key] = (level - 1 if wait == 0.0 else level, now)
            if len(self._buckets) > self._keys:
                self._buckets.popitem(last=False)
            return wait
