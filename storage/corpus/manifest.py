"""The manifest: what an export was asked for, what it holds, and what it was made with.

It bears no time of its making: the same archive and options give the same bytes.
"""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
from sqlalchemy import BigInteger, Select, Text, column, func, select, table, type_coerce

from storage.corpus.bulk import Bulk
from storage.corpus.fields import CorpusError
from storage.corpus.options import Options
from storage.corpus.target import MANIFEST
from storage.schema import article, revision
from storage.types import moment

FORM: Final = 1
"""Number of the manifest's own form."""
LIBRARIES: Final = ("panxi", "pyarrow", "numpy", "orjson", "zstandard", "sqlalchemy", "opencc")


@dataclass(frozen=True, slots=True)
class File:
    """A file of the export."""

    path: str
    rows: int
    size: int
    sha256: str


def archive_state(bulk: Bulk) -> dict[str, Any]:
    """What tells one state of the archive from another."""

    def one(query: Select[Any]) -> Any:
        return bulk.fetch(query).column(0)[0].as_py()

    changed = one(select(type_coerce(func.max(article.c.changed_at), BigInteger).label("at")))
    return {
        "schema": one(select(column("version_num", Text)).select_from(table("alembic_version"))),
        "articles": one(select(func.count().label("count")).select_from(article)),
        "revisions": one(select(func.count().label("count")).select_from(revision)),
        "changed_at": None if changed is None else moment(changed).isoformat(),
    }


def manifest(
    options: Options,
    archive: Mapping[str, Any],
    figures: Mapping[str, Any],
    columns: pa.Schema | None,
    files: Sequence[File],
    more: Mapping[str, Any],
) -> bytes:
    """The manifest's text."""
    return dump(
        {
            "manifest": FORM,
            "options": options.to_dict(),
            "archive": archive,
            "figures": figures,
            "schema": None if columns is None else {field.name: str(field.type) for field in columns},
            "files": [{"path": f.path, "rows": f.rows, "bytes": f.size, "sha256": f.sha256} for f in files],
            **more,
            "versions": versions(),
        }
    )


def dump(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def versions() -> dict[str, str]:
    """What the bytes may depend on."""
    found = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), **found}


def located(path: Path) -> Path:
    """Where the manifest is, of which the path may be the folder's."""
    return path / MANIFEST if path.is_dir() else path


def load(path: Path) -> dict[str, Any]:
    """A manifest, by its path or its folder's. Raises CorpusError where there is none, or one of a later form."""
    path = located(path)
    if not path.exists():
        raise CorpusError(f"there is no manifest {str(path)!r}")
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise CorpusError(f"{str(path)!r} is no manifest of an export: {error}") from error
    if not isinstance(found, dict) or "options" not in found or "manifest" not in found:
        raise CorpusError(f"{str(path)!r} is no manifest of an export")
    if found["manifest"] != FORM:
        raise CorpusError(f"{str(path)!r} is of form {found['manifest']!r}, this version reads {FORM}")
    return found


def digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        found = sha256()
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()
