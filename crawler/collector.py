"""Python's collector of cycles, in processes that make many objects which die by themselves."""

from __future__ import annotations

import gc


def rest() -> None:
    """Have it look seldom, and never again at what is here now: modules, dictionaries and settings stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
