from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
import zstandard
from fastwarc.warc import ArchiveIterator

from crawler import items
from storage.archive import Archive
from storage.corpus.fields import CONTRACT, FIELDS, choose, schema
from storage.corpus.formats.columnar import Arrow, Parquet
from storage.corpus.formats.csv import bare
from storage.corpus.options import Options
from storage.schema import article
from tests.storage.corpus.told import plain
from tests.storage.corpus.world import World, tree


def shown(world: World) -> list[dict[str, Any]]:
    """Every article as ``panxi show`` gives it."""
    return list(Archive(world.engine).stream())


def by_id(rows: Any) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["id"])


def everything() -> dict[str, Any]:
    from storage.corpus.options import Selection

    return {"selection": Selection(reprints=True)}


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_json_lines_are_what_show_gives(world: World, tmp_path: Path, form: str) -> None:
    world.export(tmp_path / f"out.{form}", form, **everything())
    packed = (tmp_path / f"out.{form}").read_bytes()
    opened = {"jsonl": bytes, "jsonl.gz": gzip.decompress, "jsonl.zst": zstandard.ZstdDecompressor().stream_reader}[
        form
    ]
    data = opened(packed)
    data = data if isinstance(data, bytes) else data.read()
    rows = [json.loads(line) for line in data.split(b"\n")[:-1]]
    assert by_id(rows) == shown(world)
    assert len(rows) == 63
    assert all(list(row) == [field.name for field in CONTRACT] for row in rows)


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_typed_formats_hold_the_same_to_the_letter(world: World, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"out.{form}"
    world.export(target, form, **everything())
    table = pq.read_table(target) if form == "parquet" else pa.ipc.open_file(target).read_all()
    assert by_id(plain(table)) == shown(world)
    assert table.schema.field("published_at").type == pa.timestamp("us", "Asia/Shanghai")
    assert table.schema.field("policy").type.field("issued_on").type == pa.date32()


def test_a_folder_of_parquet_is_partitioned_by_source_and_year(world: World, tmp_path: Path) -> None:
    world.export(tmp_path / "corpus", "parquet", **everything())
    found = sorted(str(path.relative_to(tmp_path / "corpus")) for path in (tmp_path / "corpus").rglob("*.parquet"))
    assert "data/cinic/2018/part-0.parquet" in found
    assert "data/unknown/2021/part-0.parquet" in found
    assert any("/undated/" in path for path in found)
    rows = [row for path in found for row in plain(pq.ParquetFile(tmp_path / "corpus" / path).read())]
    assert by_id(rows) == shown(world)
    for path in found:
        _, source, year, _ = path.split("/")
        for row in plain(pq.ParquetFile(tmp_path / "corpus" / path).read()):
            assert (row["source"] or "unknown", (row["published_at"] or "undated")[:4]) == (source, year[:4])


@pytest.mark.parametrize("bom", [False, True])
def test_csv_gives_back_every_letter(world: World, tmp_path: Path, bom: bool) -> None:
    world.export(tmp_path / "out.csv", "csv", bom=bom, **everything())
    raw = (tmp_path / "out.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") == bom
    lines = raw.decode("utf-8-sig").split("\n")
    assert lines
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [name for name, field in FIELDS.items() if field in CONTRACT and pa.types.is_string(field.type)]
    for row, expected in zip(sorted(rows, key=lambda row: int(row["id"])), shown(world), strict=True):
        assert {name: bare(row[name]) for name in texts} == {name: expected[name] or "" for name in texts}
        for name in ("related", "attachments", "images", "regions", "industries", "damage"):
            assert json.loads(bare(row[name])) == expected[name]
        assert (json.loads(bare(row["policy"])) if row["policy"] else None) == expected["policy"]
        assert (row["published_at"] or None) == expected["published_at"]
        assert row["first_seen_at"] == expected["first_seen_at"]
        assert row["canonical"] == ("true" if expected["canonical"] else "false")


def test_texts_are_files_with_digests(world: World, tmp_path: Path) -> None:
    world.export(tmp_path / "texts", "text")
    sums = (tmp_path / "texts" / "files.sha256").read_text().splitlines()
    assert len(sums) == 60
    for line in sums:
        digest, path = line.split("  ")
        assert hashlib.sha256((tmp_path / "texts" / path).read_bytes()).hexdigest() == digest
    one = shown(world)[1]
    (path,) = (tmp_path / "texts").rglob("2.txt")
    assert path.read_text() == f"{one['title']}\n\n{one['body']}\n"


def test_warc_holds_the_pages_of_the_chosen_articles(world: World, tmp_path: Path) -> None:
    from storage.corpus.options import Selection

    world.export(tmp_path / "pages.warc.gz", "warc", selection=Selection(sources=("scgov",), reprints=True))
    with (tmp_path / "pages.warc.gz").open("rb") as file:
        records = [(record.headers["WARC-Type"], record.headers["WARC-Target-URI"]) for record in ArchiveIterator(file)]
    wanted = {one["url"] for one in shown(world) if one["source"] == "scgov"}
    answers = {address for kind, address in records if kind in ("response", "revisit")}
    assert wanted <= answers
    for address in answers - wanted:  # only bodies that a revisit of a wanted page points to
        assert any(kind == "revisit" for kind, other in records if other in wanted), address
    assert sum(kind == "request" for kind, _ in records) == sum(kind != "request" for kind, _ in records)


def test_the_graph_of_related_links(world: World, tmp_path: Path) -> None:
    world.export(tmp_path / "e.parquet", "edges")
    edges = pq.read_table(tmp_path / "e.parquet").to_pylist()
    every = {one["url"]: one for one in shown(world)}
    expected = [
        (one["id"], link["position"], link["url"], every.get(link["url"], {}).get("id"))
        for one in every.values()
        if one["canonical"]
        for link in one["related"]
    ]
    assert sorted((e["from_id"], e["position"], e["to_url"] or "", e["to_id"] or 0) for e in edges) == sorted(
        (a, b, c or "", d or 0) for a, b, c, d in expected
    )
    world.export(tmp_path / "g.graphml", "graphml")
    space = "{http://graphml.graphdrawing.org/xmlns}"
    root = ET.parse(tmp_path / "g.graphml").getroot()
    nodes = [node.get("id") for node in root.iter(f"{space}node")]
    assert len(nodes) == len(set(nodes))
    names = {key.get("id"): key.get("attr.name") for key in root.iter(f"{space}key")}
    labels = [data.text for data in root.iter(f"{space}data") if names[data.get("key")] == "label"]
    assert {one["title"] for one in shown(world) if one["canonical"]} <= set(labels)
    ends = [(edge.get("source"), edge.get("target")) for edge in root.iter(f"{space}edge")]
    assert len(ends) == sum(1 for e in edges if e["to_url"])
    assert {end for pair in ends for end in pair} <= set(nodes)
    world.export(tmp_path / "e.csv", "edges.csv")
    with (tmp_path / "e.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(edges)


def test_scripts(world: World, tmp_path: Path) -> None:
    expected = {one["id"]: one for one in shown(world)}
    for script in ("traditional", "original"):
        for form in ("jsonl", "parquet"):
            world.export(tmp_path / f"{script}.{form}", form, script=script)
        lines = [json.loads(line) for line in (tmp_path / f"{script}.jsonl").read_bytes().split(b"\n")[:-1]]
        assert lines == list(plain(pq.read_table(tmp_path / f"{script}.parquet")))
        for row in lines:
            one = expected[row["id"]]
            body = one["body"].replace("号", "號") if script == "traditional" else one["body_original"]
            assert (row["body"], row["body_original"]) == (body, one["body_original"])
            assert row["content_sha256"] == one["content_sha256"]


def test_fields_are_given_in_the_order_asked_for(world: World, tmp_path: Path) -> None:
    names = ("body", "id", "official", "length", "revised_at")
    world.export(tmp_path / "f.jsonl", "jsonl", fields=names)
    world.export(tmp_path / "f.parquet", "parquet", fields=names)
    rows = [json.loads(line) for line in (tmp_path / "f.jsonl").read_bytes().split(b"\n")[:-1]]
    assert all(tuple(row) == names for row in rows)
    assert rows == list(plain(pq.read_table(tmp_path / "f.parquet")))
    assert {row["length"] for row in rows} == {len(row["body"]) for row in rows}


def test_every_column_can_be_exported(world: World, tmp_path: Path) -> None:
    names = tuple(FIELDS)
    world.export(tmp_path / "f.jsonl", "jsonl", fields=names)
    world.export(tmp_path / "f.parquet", "parquet", fields=names)
    rows = [json.loads(line) for line in (tmp_path / "f.jsonl").read_bytes().split(b"\n")[:-1]]
    assert rows == list(plain(pq.read_table(tmp_path / "f.parquet")))


def test_the_types_have_every_member_of_the_vocabulary() -> None:
    for name, value in {
        "policy": items.Policy, "official": items.OfficialTable, "related": items.RelatedLink, "regions": items.Tag,
        "attachments": items.Attachment, "images": items.Image, "damage": items.Damage, "issues": items.Issue,
        "evidence": items.Evidence,
    }.items():  # fmt: skip
        kind = FIELDS[name].type
        members = kind.value_type if pa.types.is_list(kind) else kind
        assert [member.name for member in members] == list(value.__dataclass_fields__), name
    known = {column for field in FIELDS.values() for column in field.columns}
    assert known <= {*article.columns.keys(), "related"}


def test_the_manifest_of_the_graph_is_of_its_edges(world: World, tmp_path: Path) -> None:
    for name in ("links.parquet", "links.csv"):
        world.export(tmp_path / name, "edges" if name.endswith("parquet") else "edges.csv")
        told = json.loads((tmp_path / f"{name}.manifest.json").read_bytes())
        assert list(told["schema"]) == [
            "from_id", "from_url", "to_id", "to_url", "position", "heading", "title", "date",
        ]  # fmt: skip
        assert (
            told["files"][0]["rows"] == pq.read_table(tmp_path / "links.parquet").num_rows > told["figures"]["articles"]
        )
    world.export(tmp_path / "texts", "text")
    assert json.loads((tmp_path / "texts" / "manifest.json").read_bytes())["schema"] is None
    assert "## Fields" not in (tmp_path / "texts" / "README.md").read_text()


def test_each_text_is_told_where_it_came_from(world: World, tmp_path: Path) -> None:
    done = world.export(tmp_path / "texts", "text", script="original")
    lines = [json.loads(line) for line in (tmp_path / "texts" / "articles.jsonl").read_bytes().splitlines()]
    assert len(lines) == done.articles
    for line in lines:
        assert list(line) == ["path", "id", "url", "source", "title", "published_at", "rights"]
        assert (tmp_path / "texts" / line["path"]).read_text().startswith(f"{line['title']}\n\n")


@pytest.mark.parametrize("fields", [("id", "title"), ("title", "body"), ("body",)])
def test_the_original_title_is_read_where_only_the_title_is_asked_for(
    world: World, tmp_path: Path, fields: tuple[str, ...]
) -> None:
    world.export(tmp_path / "some.jsonl", "jsonl", fields=fields, script="original")
    world.export(tmp_path / "all.jsonl", "jsonl", script="original")
    some, every = (
        [json.loads(line) for line in (tmp_path / name).read_bytes().split(b"\n")[:-1]]
        for name in ("some.jsonl", "all.jsonl")
    )
    assert some == [{name: row[name] for name in fields} for row in every]


def test_an_empty_corpus_is_a_corpus(world: World, tmp_path: Path) -> None:
    from storage.corpus.options import Selection

    nothing = Selection(min_length=10**6)
    for form in ("jsonl", "jsonl.gz", "csv", "parquet", "arrow", "edges", "graphml", "warc"):
        assert world.export(tmp_path / f"none.{form}", form, selection=nothing).articles == 0
    assert pq.read_table(tmp_path / "none.parquet").num_rows == 0
    assert (tmp_path / "none.jsonl").read_bytes() == b""
    world.export(tmp_path / "none", "parquet", selection=nothing)
    assert "manifest.json" in tree(tmp_path / "none")


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("parquet", {}),
        ("parquet", {"splits": (0.5, 0.3, 0.2), "seed": 4}),
        ("jsonl", {"splits": (0.5, 0.5), "seed": 2}),
        ("csv", {"limit": 41}),
        ("arrow", {"sample": 0.5, "seed": 7}),
        ("text", {}),
        ("edges", {}),
        ("graphml", {}),
    ],
)
def test_many_small_batches_are_the_same_corpus(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, options: dict[str, Any]
) -> None:
    from storage.corpus import bulk, card, plan
    from storage.corpus.options import Selection

    monkeypatch.setattr(card, "NOTES", 4)  # which notes are told depends on what comes first
    options = {"selection": Selection(reprints=True, withdrawn=True), **options}
    world.export(tmp_path / "a", form, **options)
    for rows, weight, stretch in ((3, 2000, 4), (7, 9000, 20)):
        monkeypatch.setattr(bulk, "ROWS", rows)
        monkeypatch.setattr(bulk, "BYTES", weight)
        monkeypatch.setattr(plan, "STRETCH", stretch)
        world.export(tmp_path / "b", form, force=True, **options)
        assert tree(tmp_path / "a") == tree(tmp_path / "b")


@pytest.mark.parametrize("kind", [Parquet, Arrow])
def test_a_file_does_not_tell_in_which_pieces_its_rows_came(kind: type[Parquet | Arrow]) -> None:
    """A merge has them in other pieces than the export that it equals to the byte."""
    rows = 6000
    words = ["".join(chr(0x4E00 + (7 * number + place) % 997) for place in range(300)) for number in range(rows)]
    texts = [None if number % 7 == 0 else word for number, word in enumerate(words)]
    links = [[{"position": place, "title": words[place]} for place in range(number % 4)] for number in range(rows)]
    names = ("body", "source", "rights", "related")
    kinds = schema(choose(names))
    whole = pa.table(
        [
            pa.array(texts),
            pa.array([word[:1] for word in words]),
            pa.array([f"{number} {word}" for number, word in enumerate(words)]),  # more than a dictionary would hold
            pa.array(links, kinds.field("related").type),
        ],
        kinds,
    )

    def file(sizes: list[int]) -> bytes:
        out = io.BytesIO()
        writer = kind(out, Options(format="parquet", fields=names))
        begin = 0
        for size in sizes:
            writer.write(whole.slice(begin, size))
            begin += size
        writer.close()
        assert begin == rows
        return out.getvalue()

    assert file([rows]) == file([1, 2700, 1024, 5, 2270]) == file([100] * 60)
