"""Exports under faults: a kill at any moment (11), cells that a spreadsheet would run (26), a full disk, refusals."""

from __future__ import annotations

import csv
import json
import random
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from crawler.cli import app
from storage.corpus.fields import CorpusError
from storage.corpus.formats.csv import bare
from tests.storage.corpus.world import World, story, tree

PANXI = [sys.executable, "-m", "crawler.cli"]


def panxi(*words: str | Path, db: Engine) -> Result:
    """The command in this process."""
    url = db.url.render_as_string(hide_password=False)
    return CliRunner().invoke(app, [*map(str, words), "--db", url], env={"COLUMNS": "1000"})


@pytest.fixture
def world(sqlite_engine: Engine, tmp_path: Path) -> World:
    made = World(sqlite_engine, tmp_path / "warc")
    made.feed(*[story(number) for number in range(1, 150)])
    return made


# --- case 11 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["corpus", "corpus.jsonl"])
@pytest.mark.parametrize("times", [4, pytest.param(50, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_case_11_killed_during_an_export_the_old_or_the_new_stands_whole(
    world: World, tmp_path: Path, name: str, times: int
) -> None:
    place = tmp_path / "out"
    place.mkdir()
    form = "parquet" if name == "corpus" else "jsonl"
    world.export(place / name, form)
    old = tree(place)
    world.feed(*[story(number) for number in range(150, 170)])
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    world.export(fresh / name, form)
    new = tree(fresh)
    assert old != new
    url = world.engine.url.render_as_string()
    chance = random.Random(11)
    killed = 0
    for _ in range(times):
        process = subprocess.Popen(
            [*PANXI, "export", str(place / name), "--force", "--db", url],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        partial = wait_for_partial(place, process)
        time.sleep(chance.uniform(0, 0.06) if partial else 0)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        seen = {path: data for path, data in tree(place).items() if not path.startswith(".")}
        data = {path for path in old if path.startswith("corpus/data/") or path == name}
        assert {path: seen.get(path) for path in data} in ({p: old.get(p) for p in data}, {p: new.get(p) for p in data})
        if name == "corpus":
            assert seen in (old, new)
    assert killed > times // 3
    world.export(place / name, form, force=True)
    assert tree(place) == new  # and what the killed ones left is gone


def wait_for_partial(place: Path, process: subprocess.Popen[bytes]) -> bool:
    """Until the export has begun to write, so that kills fall into its work."""
    for _ in range(3000):
        if any(path.name.endswith(".partial") and str(process.pid) in path.name for path in place.iterdir()):
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    return False


def test_two_exports_at_once_leave_one_of_them(world: World, tmp_path: Path) -> None:
    url = world.engine.url.render_as_string()
    command = [*PANXI, "export", str(tmp_path / "x" / "corpus"), "--force", "--db", url]
    (tmp_path / "x").mkdir()
    both = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert 0 in [process.wait() for process in both]
    world.export(tmp_path / "corpus", "parquet")
    assert tree(tmp_path / "x" / "corpus") == tree(tmp_path / "corpus")
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["corpus"]


# --- case 26 ----------------------------------------------------------------------------------------------

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "''=1",
    "'x",
]
HARMLESS = ["攀枝花", "1+1", "a=b", "5-3", "x@y", "", "“=”"]


@pytest.mark.parametrize("title", FORMULAS)
def test_case_26_no_cell_begins_like_a_formula_and_each_can_be_given_back(
    sqlite_engine: Engine, tmp_path: Path, title: str
) -> None:
    world = World(sqlite_engine, tmp_path / "warc")
    world.feed(
        story(1, title=title, body=f"{title}\n第二段", source=title, url=f"http://x.example/{title.encode().hex()}")
    )
    world.export(tmp_path / "out.csv", "csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["title"] == f"'{title}"
    assert (bare(row["title"]), bare(row["body"]), bare(row["source"])) == (title, f"{title}\n第二段", title)
    assert not any(cell.lstrip()[:1] in tuple("=+-@\t＝＋－＠") for cell in row.values() if cell)


def test_case_26_other_cells_are_left_alone(sqlite_engine: Engine, tmp_path: Path) -> None:
    import pyarrow as pa

    from storage.corpus.formats.csv import shielded

    assert shielded(pa.chunked_array([HARMLESS])).to_pylist() == HARMLESS


@given(st.text())
def test_case_26_reversible_for_every_text(text: str) -> None:
    import pyarrow as pa

    from storage.corpus.formats.csv import shielded

    (cell,) = shielded(pa.chunked_array([[text]], pa.string())).to_pylist() if encodable(text) else [text]
    assert not encodable(text) or bare(cell) == text
    assert not cell.startswith(tuple("=+-@\t\r"))


def encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# --- refusals ---------------------------------------------------------------------------------------------


def test_a_target_that_exists_is_not_overwritten(world: World, tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text("mine")
    done = panxi("export", tmp_path / "mine.jsonl", db=world.engine)
    assert done.exit_code == 2
    assert "--force" in done.stderr
    assert (tmp_path / "mine.jsonl").read_text() == "mine"
    assert panxi("export", tmp_path / "mine.jsonl", "--force", db=world.engine).exit_code == 0
    assert len((tmp_path / "mine.jsonl").read_bytes().splitlines()) == 149


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--fields", "id,titel"], "did you mean 'title'"),
        (["--fields", "id,id"], "twice"),
        (["--from", "2020-13-01"], "'--from': a day is such as 2020-04-11"),
        (["--from", "2021-01-01", "--until", "2020-01-01"], "nothing is published from"),
        (["--source", "cinik"], "did you mean 中国产业经济信息网 (cinic)"),
        (["--source", "sichuan"], "no article of a source 'sichuan'"),
        (["--region", ""], "no region is called ''"),
        (["--region", "攀枝化"], "did you mean 攀枝花市 (510400)"),
        (["--industry", "芒果汁"], "no industry is called '芒果汁'"),
        (["--damage", "some"], "'any', 'none', 'only'"),
        (["--script", "latin"], "'simplified', 'traditional', 'original'"),
        (["--format", "xml"], "there is no format 'xml'"),
        (["--limit", "0"], "a limit is"),
        (["--sample", "1.5"], "a sample is"),
        (["--splits", "0.8,x"], "weights"),
        (["--splits", "1"], "weights"),
        (["--as-of", "gestern"], "'--as-of': a time is such as"),
        (["--since-export", "nowhere.json"], "no manifest"),
        (["--bom"], "byte order mark"),
        (["--query", ""], "the query is empty"),
        (["--sample", "1.0"], "a share below 1 or a whole number"),
        (["--sample", "10%"], "a share such as 0.1"),
        (["--splits", "nan,1"], "weights"),
        (["--splits", "inf,1"], "weights"),
        (["--min-length", "-5"], "greater than or equal to 0"),
        (["--min-length", "5", "--max-length", "4"], "nothing is long from 5"),
        (["--policy-kind", "意件"], "no kind of document is called '意件'"),
        (["--as-of", "2999-01-01"], "still to come"),
        (["--format", "text", "--fields", "id,title"], "text has no fields"),
        (["--format", "warc", "--script", "traditional"], "no text that could be in another script"),
    ],
)  # fmt: skip
def test_bad_usage_is_one_clear_line_and_code_2(
    sqlite_engine: Engine, tmp_path: Path, words: list[str], told: str
) -> None:
    World(sqlite_engine, tmp_path / "warc").feed(story(1))
    done = panxi("export", tmp_path / "out", *words, db=sqlite_engine)
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_force_replaces_exports_and_nothing_else(world: World, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "precious.txt").write_text("hi")
    with pytest.raises(CorpusError, match=r"is no export, or not only one: it holds 'precious\.txt'"):
        world.export(mine, "parquet", force=True)
    assert [path.name for path in mine.iterdir()] == ["precious.txt"]
    archive = Path(str(world.engine.url.database))
    with pytest.raises(CorpusError, match="is no export"):
        world.export(archive.parent, "parquet", force=True)
    assert archive.exists()
    world.export(tmp_path / "corpus", "parquet")
    world.export(tmp_path / "corpus", "jsonl", force=True)
    (tmp_path / "corpus" / "notes.md").write_text("mine")
    with pytest.raises(CorpusError, match="notes"):
        world.export(tmp_path / "corpus", "parquet", force=True)
    (tmp_path / "empty").mkdir()
    world.export(tmp_path / "empty", "parquet", force=True)


def test_an_export_does_not_take_the_place_of_what_it_is_made_of(world: World, tmp_path: Path) -> None:
    for name, form in (("base", "parquet"), ("base.jsonl", "jsonl")):
        world.export(tmp_path / name, form)
        told = tmp_path / name / "manifest.json" if form == "parquet" else tmp_path / f"{name}.manifest.json"
        before = tree(tmp_path)
        for since in (told, told.parent if form == "parquet" else told):
            with pytest.raises(CorpusError, match="the delta begins with"):
                world.export(tmp_path / name, form, since=since, force=True)
        assert tree(tmp_path) == before


def test_a_file_is_no_folder(world: World, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b.jsonl").mkdir()
    for name, form, kind in (("a", "parquet", "file"), ("b.jsonl", "jsonl", "folder")):
        with pytest.raises(CorpusError, match=f"is a {kind}"):
            world.export(tmp_path / name, form, force=True)


def test_what_came_to_the_place_meanwhile_is_not_replaced(world: World, tmp_path: Path) -> None:
    from storage.corpus.export import Means, export
    from storage.corpus.options import Options

    target = tmp_path / "news.jsonl"
    means = Means(progress=lambda _doing, _done, _all: target.touch())
    with pytest.raises(CorpusError, match="exists"):
        export(world.engine, target, Options(format="jsonl"), means)
    assert target.read_bytes() == b""
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_ending_and_a_format_that_differ_are_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    World(sqlite_engine, tmp_path / "warc").feed(story(1))
    for name, form in (("news.jsonl", "parquet"), ("x.csv", "jsonl"), ("e.jsonl", "edges")):
        done = panxi("export", tmp_path / name, "--format", form, db=sqlite_engine)
        assert done.exit_code == 2
        assert "let them say the same" in done.stderr
    for name, form in (("E.CSV", "edges"), ("e.parquet", "edges"), ("N.JSONL", "jsonl")):
        assert panxi("export", tmp_path / name, "--format", form, db=sqlite_engine).exit_code == 0


def test_nothing_found_is_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    World(sqlite_engine, tmp_path / "warc").feed(story(1))
    done = panxi("export", tmp_path / "none.jsonl", "--issuer", "没有", db=sqlite_engine)
    assert done.exit_code == 0
    assert "0 articles, 0.0 kB in 1 file" in done.stderr
    assert "No article is as the options ask" in done.stderr


def test_a_kind_is_also_what_it_is_by_statute(sqlite_engine: Engine, tmp_path: Path) -> None:
    policy = story(1).policy
    assert policy is not None
    World(sqlite_engine, tmp_path / "warc").feed(story(1, policy=replace(policy, statutory_kind="意见")), story(2))
    for kind in ("意见", "意見", "实施意见", "實施意見"):
        done = panxi("export", tmp_path / "k.jsonl", "--policy-kind", kind, "--force", db=sqlite_engine)
        assert "1 article," in done.stderr, kind
    assert "0 articles" in panxi("export", tmp_path / "n.jsonl", "--policy-kind", "通知", db=sqlite_engine).stderr


def test_words_of_a_rights_note_are_found_in_either_script(sqlite_engine: Engine, tmp_path: Path) -> None:
    World(sqlite_engine, tmp_path / "warc").feed(story(1), story(2), story(3))
    for words, told in (("版权所有", "2 articles,"), ("版權所有", "2 articles,"), ("翻版", "0 articles,")):
        done = panxi("export", tmp_path / "r.jsonl", "--rights", words, "--force", db=sqlite_engine)
        assert told in done.stderr, words


def test_no_folder_no_archive(world: World, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no folder"):
        world.export(tmp_path / "no" / "where.jsonl", "jsonl")


@pytest.mark.parametrize("form", ["parquet", "text"])
def test_a_full_disk_is_told_and_leaves_what_was(world: World, tmp_path: Path, form: str) -> None:
    target = tmp_path / "out"
    world.export(target, form)
    before = tree(target)
    url = world.engine.url.render_as_string()
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); from crawler.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "export", str(target), "--format", form, "--force", "--db", url]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr
    assert tree(target) == before
    assert [path.name for path in tmp_path.iterdir() if ".partial" in path.name] == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)


# --- the same bytes ---------------------------------------------------------------------------------------


def test_to_standard_output_goes_the_corpus_and_nothing_else(world: World, tmp_path: Path) -> None:
    done = panxi("export", "-", db=world.engine)
    assert done.exit_code == 0
    world.export(tmp_path / "out.jsonl", "jsonl")
    assert done.stdout_bytes == (tmp_path / "out.jsonl").read_bytes()
    for form in ("parquet", "csv", "arrow", "jsonl.gz", "edges", "graphml"):
        assert len(panxi("export", "-", "--format", form, db=world.engine).stdout_bytes) > 1000
    told = panxi("export", tmp_path / "o2.jsonl", "--json", db=world.engine)
    assert json.loads(told.stdout)["articles"] == 149


def test_every_file_is_as_the_manifest_says(world: World, tmp_path: Path) -> None:
    done = panxi("export", tmp_path / "out", "--splits", "0.8,0.1,0.1", db=world.engine)
    assert done.exit_code == 0, done.stderr
    told = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert sum(file["rows"] for file in told["files"]) == told["figures"]["articles"] == 149
    for file in [*told["files"], told["index"]]:
        content = (tmp_path / "out" / file["path"]).read_bytes()
        assert (sha256(content).hexdigest(), len(content)) == (file["sha256"], file["bytes"])
    listed = {file["path"] for file in told["files"]} | {"manifest.json", "README.md", "articles.index"}
    assert set(tree(tmp_path / "out")) == listed


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.jsonl", b'{"id"'), ("a.json", b'{"id"'), ("a.ndjson", b'{"id"'), ("a.jsonl.gz", b"\x1f\x8b"),
        ("a.jsonl.zst", b"\x28\xb5\x2f\xfd"), ("a.csv", b'"id"'), ("a.parquet", b"PAR1"), ("a.arrow", b"ARROW1"),
        ("a.feather", b"ARROW1"), ("a.graphml", b"<?xml"),
    ],
)  # fmt: skip
def test_the_ending_names_the_format(sqlite_engine: Engine, tmp_path: Path, name: str, begins: bytes) -> None:
    World(sqlite_engine, tmp_path / "warc").feed(story(1))
    done = panxi("export", tmp_path / name, db=sqlite_engine)
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize("name", ["a.xyz", "news.xlsx", "corpus.jsonl.bz2"])
def test_an_unknown_ending_is_told_with_those_that_there_are(sqlite_engine: Engine, tmp_path: Path, name: str) -> None:
    World(sqlite_engine, tmp_path / "warc").feed(story(1))
    done = panxi("export", tmp_path / name, db=sqlite_engine)
    assert done.exit_code == 2
    assert ".jsonl.zst, .csv, .parquet" in done.stderr
    assert not (tmp_path / name).exists()
    assert panxi("export", tmp_path / name, "--format", "parquet", db=sqlite_engine).exit_code == 0
    assert (tmp_path / name / "manifest.json").exists()


def test_a_number_behind_a_dot_is_no_ending(sqlite_engine: Engine, tmp_path: Path) -> None:
    World(sqlite_engine, tmp_path / "warc").feed(story(1))
    assert panxi("export", tmp_path / "corpus-2020.04", db=sqlite_engine).exit_code == 0
    assert (tmp_path / "corpus-2020.04" / "manifest.json").exists()


def test_what_is_written_beside_is_told(world: World, tmp_path: Path) -> None:
    done = panxi("export", tmp_path / "a.jsonl", db=world.engine)
    assert "with a.jsonl.articles.index, a.jsonl.manifest.json" in done.stderr
    told = json.loads(panxi("export", tmp_path / "out", "--json", db=world.engine).stdout)
    assert told["beside"] == ["articles.index", "manifest.json", "README.md"]


def test_one_file_of_texts_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    done = panxi("export", tmp_path / "a.txt", db=sqlite_engine)
    assert (done.exit_code, "name a folder" in done.stderr) == (2, True)
