"""Where an export goes: written beside its place and moved there whole, or to standard output."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from storage.corpus.fields import CorpusError

PARTIAL: Final = ".partial"
DATA: Final = "data"
MANIFEST: Final = "manifest.json"
CARD: Final = "README.md"
INDEX: Final = "articles.index"
WITHDRAWN: Final = "withdrawn.jsonl"
SUMS: Final = "files.sha256"
"""Of a folder of texts, whose digests are too many for the manifest: as ``sha256sum --check`` reads them."""
TABLE: Final = "articles.jsonl"
"""What each text of such a folder is: its file, and where it came from."""
WRITTEN: Final = frozenset({DATA, MANIFEST, CARD, INDEX, WITHDRAWN, SUMS, TABLE})
"""What stands at the top of the folder of an export."""


class Hashed(io.RawIOBase):
    """A file that is only written to, and knows the digest and the length of what was."""

    def __init__(self, file: BinaryIO, *, seekable: bool = True) -> None:
        super().__init__()
        self._file = file
        self._seekable = seekable
        self._digest = sha256()
        self._gone = False
        self.size = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._seekable

    def tell(self) -> int:
        return self.size

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        if self._gone:
            return len(view)
        self._file.write(view)
        self._digest.update(view)
        self.size += len(view)
        return len(view)

    def flush(self) -> None:
        if not self._file.closed:
            self._file.flush()

    def hexdigest(self) -> str:
        return self._digest.hexdigest()

    def end(self) -> None:
        """Closes the file below. The system begins to bring it to the disk, which is then not all left for the end."""
        with self._file:
            self._file.flush()
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def let_go(self) -> None:
        """Closes the file below, whatever became of it; what a writer has left to say is not heard."""
        self._gone = True
        with contextlib.suppress(OSError):
            self._file.close()


@contextmanager
def beside(target: Path, *, folder: bool, force: bool) -> Iterator[Path]:
    """A new folder beside ``target`` to write into; at the exit the caller has moved from it what is to stay.

    ``folder``: whether the target will be one, else a file. What is left of the new folder goes, also after an error;
    what a killed export left of it goes at the next one to the same place. Raises CorpusError where the target exists
    and is not to be replaced, or its folder does not.
    """
    if not target.parent.is_dir():
        raise CorpusError(f"there is no folder {str(target.parent)!r}")
    free(target, folder=folder, force=force)
    for stale in target.parent.glob(f".{_escaped(target.name)}.*{PARTIAL}"):
        if not _alive(stale.name.removesuffix(PARTIAL).rpartition(".")[2]):
            shutil.rmtree(stale)
    work = target.parent / f".{target.name}.{os.getpid()}{PARTIAL}"
    try:
        work.mkdir()
    except OSError as error:
        raise CorpusError(f"{str(target.parent)!r} can't be written: {error.strerror}") from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def free(target: Path, *, folder: bool, force: bool) -> None:
    """Raises CorpusError where something stands at ``target`` that is not to be replaced.

    Never a folder that holds what no export wrote: an archive, a home, what somebody put beside a corpus.
    """
    if not target.exists():
        return
    if target.is_dir() != folder:
        raise CorpusError(f"{str(target)!r} is a {'folder' if target.is_dir() else 'file'}; name another place")
    if not force:
        raise CorpusError(f"{str(target)!r} exists; --force replaces it")
    there = {path.name for path in target.iterdir()} if folder else set()
    if other := sorted(there - WRITTEN if MANIFEST in there else there):
        shown = ", ".join(map(repr, other[:3])) + (", …" if len(other) > 3 else "")  # noqa: PLR2004
        raise CorpusError(f"{str(target)!r} is no export, or not only one: it holds {shown}. It is not replaced")


def _alive(pid: str) -> bool:
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
