"""Moving what is complete to its place: a name stands for all of a thing or for nothing."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from pathlib import Path


def settle(new: Path, target: Path) -> None:
    """Move ``new`` to ``target``, which may exist: at each moment one of the two stands there whole."""
    # All at the end: the first brings most of the others' bytes to the disk as well.
    for path in (*new.rglob("*"), new):
        _sync(path)
    if not target.is_dir():
        os.replace(new, target)  # noqa: PTH105 - its name says what it does to a target that exists
    elif not _exchange(new, target):
        # Without an atomic exchange the old folder steps aside first, and can be found there after a kill.
        aside = target.with_name(f".{target.name}.old")
        shutil.rmtree(aside, ignore_errors=True)
        target.rename(aside)
        new.rename(target)
        shutil.rmtree(aside)
    _sync(target.parent)


def _exchange(new: Path, target: Path) -> bool:
    """Linux: the two change places in one step."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if rename(here, os.fsencode(new), here, os.fsencode(target), exchange) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS):
        return False
    raise OSError(code, os.strerror(code), str(target))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
