"""Rows as typed Arrow tables and as the JSON of an article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from storage.corpus.fields import LOCAL, Field, schema
from storage.corpus.options import Text
from storage.corpus.read import Rows, indices, scalar

Convert = Callable[[str], str]
END, NOTHING, EAST, GREENWICH = map(scalar, ("}\n", "", "+08:00", "+00:00"))
AHEAD: Final = indices(np.array([8 * 60 * 60 * 1_000_000]))[0]
"""Microseconds that China's time is ahead."""


def in_script(rows: Rows, script: Text, convert: Convert | None) -> Rows:
    """Title and body in another script. ``convert`` makes traditional text of simplified."""
    columns = rows.columns
    if script == "simplified":
        return rows
    for name in ("title", "body"):
        if name not in columns.column_names:
            continue
        if script == "original":
            values = columns["title_original"] if name == "title" else rows.originals()
        elif convert is None:
            raise ValueError("traditional text needs a conversion")
        else:
            values = pa.array([convert(text) for text in columns.column(name).to_pylist()], pa.string())
        columns = columns.set_column(columns.column_names.index(name), name, values)
    return Rows(columns)


# --- Arrow ------------------------------------------------------------------------------------------------


def typed(rows: Rows, fields: Sequence[Field], originals: pa.Array | None = None) -> pa.Table:
    """The fields as columns of their types. ``originals``: the bodies before ``in_script``, where it was used."""
    columns = [_column(rows, field, originals) for field in fields]
    as_json = {
        field.name: (column, field.type)
        for field, column in zip(fields, columns, strict=True)
        if pa.types.is_nested(field.type) and not pa.types.is_nested(column.type)
    }
    parsed = dict(zip(as_json, _parsed([*as_json.values()]), strict=True))
    arrays = [
        parsed[field.name] if field.name in parsed else column.cast(field.type)
        for field, column in zip(fields, columns, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema(fields))


def _column(rows: Rows, field: Field, originals: pa.Array | None) -> pa.Array:
    """A field's values as the archive has them. ``originals``: as for ``typed``."""
    if field.name == "body_original":
        return _absent(rows.originals() if originals is None else originals)
    column = rows.columns.column(field.columns[0])
    return _absent(column) if field.name == "body" else column


def _absent(texts: pa.Array | None) -> pa.Array | None:
    """The texts with null for an empty one: absent is null, never an empty string."""
    if texts is None:
        return None
    empty = pc.equal(texts, scalar(""))
    return pc.if_else(empty, pa.nulls(len(texts), texts.type), texts) if empty.true_count else texts


def _parsed(columns: Sequence[tuple[pa.Array, pa.DataType]]) -> list[pa.Array]:
    """Columns of JSON text to nested values, by Arrow's reader, which waits for a thread of its own: once for all.

    Each distinct text of a column is a line of its own; one that comes again, such as an empty list, is read once.
    """
    texts = [column.dictionary_encode() for column, _ in columns]
    lines = b"".join(_lines(f"{number}", each.dictionary) for number, each in enumerate(texts))
    if not lines:
        return [pa.nulls(len(column), kind) for column, kind in columns]
    table = pyarrow.json.read_json(
        pa.BufferReader(lines),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(lines)),
        parse_options=pyarrow.json.ParseOptions(
            explicit_schema=pa.schema([(f"{number}", _as_text(kind)) for number, (_, kind) in enumerate(columns)]),
            unexpected_field_behavior="error",
        ),
    )
    found, begin = [], 0
    for number, (each, (_, kind)) in enumerate(zip(texts, columns, strict=True)):
        values = table.column(number).slice(begin, len(each.dictionary)).combine_chunks()
        found.append(values.cast(kind).take(each.indices))
        begin += len(each.dictionary)
    return found


def _lines(name: str, texts: pa.Array) -> pa.Buffer:
    """A line of JSON for each of the texts: an object that has it under a name."""
    if not len(texts):
        return pa.py_buffer(b"")
    return pc.binary_join_element_wise(scalar(f'{{"{name}":'), texts, END, NOTHING).buffers()[2]


def _as_text(kind: pa.DataType) -> pa.DataType:
    """The type with days as text, which is how JSON has them."""
    if pa.types.is_date32(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        return pa.struct([member.with_type(_as_text(member.type)) for member in kind])
    if pa.types.is_list(kind):
        return pa.list_(_as_text(kind.value_type))
    return kind


# --- JSON -------------------------------------------------------------------------------------------------


def as_json(rows: Rows, fields: Sequence[Field], originals: pa.Array | None = None) -> Iterator[dict[str, Any]]:
    """Each article as ``storage.rows.to_json`` gives it, JSON columns still encoded: for ``orjson.dumps``."""
    names = [field.name for field in fields]
    columns = [_values(_column(rows, field, originals), field.type) for field in fields]
    return (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))


def _values(column: pa.Array, kind: pa.DataType) -> list[Any]:
    if pa.types.is_timestamp(kind):
        column = iso(column, local=kind == LOCAL)
    if pa.types.is_nested(kind):
        return [None if value is None else orjson.Fragment(value) for value in column.cast(pa.binary()).to_pylist()]
    values: list[Any] = column.to_pylist()
    return values


def iso(times: pa.Array, *, local: bool) -> pa.Array:
    """Microseconds since 1970 in ISO 8601, as ``datetime.isoformat`` writes them: in China's time or in UTC."""
    shifted = pc.add(times, AHEAD) if local else times
    day_and_time = pc.replace_substring(shifted.cast(pa.timestamp("us")).cast(pa.string()), " ", "T")
    return pc.binary_join_element_wise(
        pc.replace_substring(day_and_time, ".000000", ""), EAST if local else GREENWICH, NOTHING
    )
