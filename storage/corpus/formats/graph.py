"""The graph of related links: who names whom in a further-reading list."""

from __future__ import annotations

import re
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from lxml import etree
from sqlalchemy import select

from storage import sql
from storage.corpus.encode import typed
from storage.corpus.fields import FIELDS
from storage.corpus.formats import Batch
from storage.corpus.formats.columnar import Parquet
from storage.corpus.formats.csv import shielded
from storage.corpus.options import Options
from storage.corpus.read import LINK
from storage.schema import article

EDGES: Final = pa.schema(
    {
        "from_id": pa.int64(),
        "from_url": pa.string(),
        "to_id": pa.int64(),
        "to_url": pa.string(),
        "position": pa.int32(),
        "heading": pa.string(),
        "title": pa.string(),
        "date": pa.date32(),
    }
)
"""An edge is an entry of a list; ``to_id`` is null where the archive does not hold the page, ``to_url`` where the
entry has no link."""


def edges(batch: Batch) -> pa.Table:
    """The edges that begin at these articles, by article and position."""
    related = typed(batch.rows, [FIELDS["related"]])["related"].combine_chunks()
    begin = batch.rows.columns.select(["id", "url"]).take(pc.list_parent_indices(related))
    links = pa.table(pc.list_flatten(related).flatten(), names=[*LINK])
    ids = _ids(batch, links["url"])
    columns = {
        "from_id": begin["id"],
        "from_url": begin["url"],
        "to_id": pa.array([ids.get(url) for url in links["url"].to_pylist()], pa.int64()),
        "to_url": links["url"],
        **{name: links[name] for name in ("position", "heading", "title", "date")},
    }
    return pa.table(columns).cast(EDGES)


def nodes_and_edges(batch: Batch) -> tuple[pa.Table, pa.Table]:
    """The articles, with the day of their publication, and the edges that begin at them."""
    rows = batch.rows.columns.select(["id", "url", "title", "source", "published_at"])
    return rows.set_column(4, "published_at", _days(rows["published_at"])), edges(batch)


def _ids(batch: Batch, urls: pa.ChunkedArray) -> dict[str, int]:
    conn = batch.snapshot.conn
    known = [url for url in pc.unique(urls).to_pylist() if url is not None]
    found = conn.execute(
        select(article.c.url, article.c.id).where(sql.among(conn, article.c.url, "urls")), {"urls": known}
    )
    return {row.url: row.id for row in found}


class EdgesParquet(Parquet):
    """The edge list, typed."""

    def __init__(self, file: BinaryIO, options: Options) -> None:
        super().__init__(file, options, EDGES)


class EdgesCsv:
    """The edge list for a spreadsheet."""

    def __init__(self, file: BinaryIO, options: Options) -> None:
        del options
        self._writer = pyarrow.csv.CSVWriter(
            file, EDGES, write_options=pyarrow.csv.WriteOptions(quoting_style="all_valid")
        )

    def write(self, encoded: pa.Table) -> None:
        columns = [shielded(column) if pa.types.is_string(column.type) else column for column in encoded.columns]
        self._writer.write_table(pa.table(columns, schema=EDGES))

    def close(self) -> None:
        self._writer.close()


NODE: Final = {"article": "long", "label": "string", "source": "string", "published": "string"}
EDGE: Final = {"position": "int", "heading": "string", "title": "string", "date": "string"}
NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class GraphMl:
    """GraphML, for Gephi, networkx, igraph. The addresses of its nodes are held in memory."""

    def __init__(self, file: BinaryIO, options: Options) -> None:
        del options
        self._exit: list[Any] = []
        document = self._enter(etree.xmlfile(file, encoding="utf-8"))
        document.write_declaration()
        self._xml = document
        self._enter(document.element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns"))
        for kind, keys in (("node", NODE), ("edge", EDGE)):
            for name, form in keys.items():
                key = {"id": f"{kind}_{name}", "for": kind, "attr.name": name, "attr.type": form}
                document.write(etree.Element("key", key))
        self._enter(document.element("graph", edgedefault="directed"))
        self._nodes: set[str] = set()
        self._targets: dict[str, str] = {}

    def write(self, encoded: tuple[pa.Table, pa.Table]) -> None:
        nodes, links = encoded
        mine = {number: [*of_one] for number, of_one in groupby(links.to_pylist(), key=itemgetter("from_id"))}
        for row in nodes.to_pylist():
            self._nodes.add(row["url"])
            values = (row["id"], row["title"], row["source"], row["published_at"])
            self._element("node", {"id": row["url"]}, zip(NODE, values, strict=True))
            for edge in mine.get(row["id"], ()):
                self._edge(edge)

    def close(self) -> None:
        for url, title in self._targets.items():
            if url not in self._nodes:
                self._element("node", {"id": url}, [("label", title)])
        while self._exit:
            self._exit.pop().__exit__(None, None, None)

    def _edge(self, edge: dict[str, Any]) -> None:
        if edge["to_url"] is not None:
            self._targets.setdefault(edge["to_url"], edge["title"])
            ends = {"source": edge["from_url"], "target": edge["to_url"]}
            self._element("edge", ends, ((name, edge[name]) for name in EDGE))

    def _enter(self, context: Any) -> Any:
        self._exit.append(context)
        return context.__enter__()

    def _element(self, kind: str, attributes: dict[str, str], data: Any) -> None:
        element = etree.Element(kind, {name: NOT_XML.sub("", value) for name, value in attributes.items()})
        for name, value in data:
            if value is not None:
                etree.SubElement(element, "data", key=f"{kind}_{name}").text = NOT_XML.sub("", str(value))
        self._xml.write(element)


def _days(micros: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.strftime(micros.cast(pa.timestamp("us", "Asia/Shanghai")), "%Y-%m-%d")
