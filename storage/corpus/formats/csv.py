"""CSV that a spreadsheet reads as data and never as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from storage.corpus.encode import iso, typed
from storage.corpus.fields import LOCAL, Field, choose
from storage.corpus.formats import Batch
from storage.corpus.options import Options

BOM: Final = b"\xef\xbb\xbf"
DANGEROUS: Final = r"^['\s\x00-\x1f]*[=+\-@＝＋－＠]|^['\t\r\n]"
"""What a spreadsheet may take for a formula: also behind white space, and full-width, which East Asian ones accept."""
MARK: Final = "'"


def shielded(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts with a ' before each that begins like a formula, or with ' itself: so ``bare`` gives all back."""
    return pc.if_else(pc.match_substring_regex(text, DANGEROUS), pc.binary_join_element_wise(MARK, text, ""), text)


def bare(cell: str) -> str:
    """The text of a cell as it was before ``shielded``."""
    return cell.removeprefix(MARK)


class Csv:
    """RFC 4180 in UTF-8: every value quoted, null an empty cell without quotes, lists and objects as JSON."""

    def __init__(self, file: BinaryIO, options: Options) -> None:
        if options.bom:
            file.write(BOM)
        self._writer = pyarrow.csv.CSVWriter(
            file, _schema(choose(options.fields)), write_options=pyarrow.csv.WriteOptions(quoting_style="all_valid")
        )

    def write(self, encoded: pa.Table) -> None:
        self._writer.write_table(encoded)

    def close(self) -> None:
        self._writer.close()


def encode(batch: Batch) -> pa.Table:
    """The fields as texts and numbers; times in ISO 8601."""
    flat = typed(batch.rows, [field for field in batch.fields if _is_flat(field)], batch.originals)
    columns = []
    for field in batch.fields:
        if _is_flat(field):
            values: pa.ChunkedArray = flat.column(field.name)
        else:
            values = batch.rows.columns.column(field.columns[0])
            if pa.types.is_timestamp(field.type):
                values = iso(values, local=field.type == LOCAL)
        columns.append(shielded(values) if pa.types.is_string(values.type) else values)
    return pa.table(columns, names=[field.name for field in batch.fields]).cast(_schema(batch.fields))


def _is_flat(field: Field) -> bool:
    """Whether Arrow has it as CSV does."""
    return not (pa.types.is_nested(field.type) or pa.types.is_timestamp(field.type))


def _schema(fields: Sequence[Field]) -> pa.Schema:
    return pa.schema([(field.name, _kind(field)) for field in fields])


def _kind(field: Field) -> pa.DataType:
    return field.type if pa.types.is_integer(field.type) or pa.types.is_boolean(field.type) else pa.string()
