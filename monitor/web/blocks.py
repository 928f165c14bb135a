"""A body as blocks to set: paragraphs, and tables where rows with tabs stand together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; short rows are not filled up."""

    rows: tuple[tuple[str, ...], ...]


def blocks(body: str) -> list[str | Table]:
    """The paragraphs of a body; lines with tabs are rows of a table."""
    found: list[str | Table] = []
    for is_table, lines in groupby(body.split("\n"), key=lambda line: "\t" in line):
        if is_table:
            found.append(Table(tuple(tuple(line.split("\t")) for line in lines)))
        else:
            found.extend(line for line in lines if line)
    return found
