from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from storage.corpus.fields import CorpusError
from storage.corpus.merge import merge
from storage.corpus.options import Selection
from storage.types import micros
from tests.storage.corpus.world import World, reprint, revised, stories, story, tree

FORMS = ["jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet", "arrow"]


def time_passes(world: World) -> None:
    """New, revised, moved, re-seen, vanished, joined and taken-back articles."""
    world.feed(*[story(number) for number in range(61, 70)])
    world.feed(revised(story(1), "全新的正文。\n第二段"), revised(story(40), "另一个正文"), story(2), story(3))
    world.feed(revised(story(5), story(5).body, source="pzh"))  # another source: another file of the corpus
    world.feed(reprint(story(9), 909), reprint(story(10), 910))
    world.run("UPDATE article SET gone_at = :at, changed_at = :at WHERE id IN (7, 11, 12)", at=1_780_000_000_000_000)
    world.run("UPDATE article SET published_at = published_at - 86400000000 WHERE id = 13")  # moves within its file
    world.run("UPDATE article SET rights = '不得转载' WHERE id = 14")  # by hand: no time tells of it
    world.run("DELETE FROM related_link WHERE article_id = 15")
    world.feed(
        revised(story(16), story(16).body, published_at=story(16).published_at and story(7).published_at)
    )  # another year


@pytest.mark.parametrize("form", FORMS)
def test_an_export_and_its_delta_are_the_newer_export(lone: World, tmp_path: Path, form: str) -> None:
    lone.export(tmp_path / "a", form)
    time_passes(lone)
    done = lone.export(tmp_path / "delta", form, since=tmp_path / "a" / "manifest.json")
    lone.export(tmp_path / "b", form)
    merge(tmp_path / "a" / "manifest.json", tmp_path / "delta" / "manifest.json", tmp_path / "merged")
    assert tree(tmp_path / "merged") == tree(tmp_path / "b")
    assert tree(tmp_path / "a") != tree(tmp_path / "b")
    assert 0 < done.written < done.articles


def test_on_each_database_with_splits_and_reprints(changing: World, tmp_path: Path) -> None:
    options = {"splits": (0.6, 0.2, 0.2), "selection": Selection(reprints=True), "script": "traditional"}
    for form in ("parquet", "jsonl"):
        changing.export(tmp_path / f"a{form}", form, **options)
    time_passes(changing)
    for form in ("parquet", "jsonl"):
        old, new = tmp_path / f"a{form}" / "manifest.json", tmp_path / f"d{form}" / "manifest.json"
        changing.export(new.parent, form, since=old, **options)
        changing.export(tmp_path / f"b{form}", form, **options)
        merge(old, new, tmp_path / f"m{form}")
        assert tree(tmp_path / f"m{form}") == tree(tmp_path / f"b{form}")


@pytest.mark.parametrize("form", ["jsonl", "parquet", "csv"])
def test_of_a_lone_file(lone: World, tmp_path: Path, form: str) -> None:
    (tmp_path / "x").mkdir()
    lone.export(tmp_path / f"a.{form}", form)
    time_passes(lone)
    lone.export(tmp_path / f"d.{form}", form, since=tmp_path / f"a.{form}.manifest.json")
    lone.export(tmp_path / "x" / f"b.{form}", form)
    (tmp_path / "y").mkdir()
    merge(tmp_path / f"a.{form}.manifest.json", tmp_path / f"d.{form}.manifest.json", tmp_path / "y" / f"b.{form}")
    assert tree(tmp_path / "y") == tree(tmp_path / "x")


def test_only_what_differs_is_written(lone: World, tmp_path: Path) -> None:
    lone.export(tmp_path / "a.jsonl", "jsonl")
    lone.feed(story(61))
    lone.feed(revised(story(1), "新的正文"))
    lone.feed(reprint(story(9), 909))  # a reprint is not in the corpus; that story 9 is in a cluster now, is
    lone.run("UPDATE article SET gone_at = :at WHERE id = 12", at=1_780_000_000_000_000)
    lone.run("UPDATE article SET length = 0 WHERE id = 13")
    done = lone.export(tmp_path / "d.jsonl", "jsonl", since=tmp_path / "a.jsonl.manifest.json")
    rows = [json.loads(line) for line in (tmp_path / "d.jsonl").read_bytes().splitlines()]
    assert sorted(row["url"] for row in rows) == sorted(story(number).url for number in (1, 9, 13, 61))
    graves = [json.loads(line) for line in (tmp_path / "d.jsonl.withdrawn.jsonl").read_bytes().splitlines()]
    assert [(grave["id"], grave["reason"]) for grave in graves] == [(12, "the page is gone")]
    assert (done.written, done.withdrawn, done.articles) == (4, 1, 60)
    again = lone.export(tmp_path / "e.jsonl", "jsonl", since=tmp_path / "d.jsonl.manifest.json")
    assert (again.written, again.withdrawn) == (0, 0)


def test_tombstones_tell_why(lone: World, tmp_path: Path) -> None:
    chosen = Selection(min_length=1)
    lone.export(tmp_path / "a.jsonl", "jsonl", selection=chosen)
    lone.run("UPDATE article SET length = 0 WHERE id = 20")
    lone.run("UPDATE article SET canonical = :no WHERE id = 21", no=False)
    lone.export(tmp_path / "d.jsonl", "jsonl", since=tmp_path / "a.jsonl.manifest.json", selection=chosen)
    graves = [json.loads(line) for line in (tmp_path / "d.jsonl.withdrawn.jsonl").read_bytes().splitlines()]
    assert [(grave["id"], grave["url"], grave["reason"]) for grave in graves] == [
        (20, story(20).url, "no longer chosen by the options"),
        (21, story(21).url, "a reprint of another article"),
    ]


def test_a_tombstone_tells_no_reason_that_the_options_do_not_ask_for(lone: World, tmp_path: Path) -> None:
    """With --all a reprint is no reason, with --withdrawn a page that is gone, and as of a time nothing later."""
    gone = "UPDATE article SET gone_at = :at WHERE id = :id"
    every = Selection(min_length=1, reprints=True, withdrawn=True)
    lone.export(tmp_path / "a.jsonl", "jsonl", selection=every)
    lone.run(gone, id=20, at=1)
    lone.run("UPDATE article SET length = 0 WHERE id = 20 OR NOT canonical")
    lone.export(tmp_path / "d.jsonl", "jsonl", since=tmp_path / "a.jsonl.manifest.json", selection=every)
    graves = (tmp_path / "d.jsonl.withdrawn.jsonl").read_text().splitlines()
    assert {json.loads(grave)["reason"] for grave in graves} == {"no longer chosen by the options"}
    assert len(graves) == 4

    some = Selection(min_length=1)
    then = lone.now
    lone.export(tmp_path / "b.jsonl", "jsonl", selection=some)
    lone.run("UPDATE article SET length = 0 WHERE id IN (21, 22)")
    lone.run(gone, id=21, at=micros(then + timedelta(days=1)))
    lone.run(gone, id=22, at=micros(then))
    since = tmp_path / "b.jsonl.manifest.json"
    lone.export(tmp_path / "e.jsonl", "jsonl", since=since, selection=some, as_of=then)
    told = map(json.loads, (tmp_path / "e.jsonl.withdrawn.jsonl").read_text().splitlines())
    reasons = {grave["id"]: (grave["reason"], grave.get("gone_at")) for grave in told}
    assert reasons[21] == ("no longer chosen by the options", None)
    assert reasons[22] == ("the page is gone", then.isoformat())


@pytest.mark.parametrize("name", ["d.csv", "d.jsonl.gz", "d.parquet"])
def test_a_delta_of_a_file_ends_as_its_export_does(lone: World, tmp_path: Path, name: str) -> None:
    lone.export(tmp_path / "a.jsonl", "jsonl")
    since = tmp_path / "a.jsonl.manifest.json"
    lone.feed(story(61))
    with pytest.raises(CorpusError, match="is of jsonl: name a file that ends so"):
        lone.export(tmp_path / name, "jsonl", since=since)
    assert not (tmp_path / name).exists()
    assert lone.export(tmp_path / "d.ndjson", "jsonl", since=since).written == 1


def test_what_is_not_a_delta_to_it_is_refused(lone: World, tmp_path: Path) -> None:
    lone.export(tmp_path / "a", "jsonl")
    lone.feed(story(61))
    lone.export(tmp_path / "d", "jsonl", since=tmp_path / "a" / "manifest.json")
    lone.export(tmp_path / "other", "jsonl")
    a, d, other = (tmp_path / name / "manifest.json" for name in ("a", "d", "other"))
    with pytest.raises(CorpusError, match="is not a delta to"):
        merge(other, d, tmp_path / "x")
    with pytest.raises(CorpusError, match="is no delta"):
        merge(a, other, tmp_path / "x")
    with pytest.raises(CorpusError, match="exists"):
        merge(a, d, tmp_path / "other")
    (tmp_path / "a" / "data" / "train.jsonl").write_bytes(b"{}\n")
    with pytest.raises(CorpusError, match="is not the file that its manifest names"):
        merge(a, d, tmp_path / "x")
    assert not (tmp_path / "x").exists()
    with pytest.raises(CorpusError, match="other options"):
        lone.export(tmp_path / "y", "jsonl", since=a, limit=3)
    with pytest.raises(CorpusError, match="no manifest"):
        lone.export(tmp_path / "y", "jsonl", since=tmp_path / "a" / "README.md")
    (tmp_path / "a" / "articles.index").write_bytes(b"")
    with pytest.raises(CorpusError, match="is not the one that"):
        lone.export(tmp_path / "y", "jsonl", since=a)
    assert not (tmp_path / "y").exists()


def test_a_delta_from_an_empty_export(sqlite_engine, tmp_path: Path) -> None:
    world = World(sqlite_engine, tmp_path / "warc")
    world.export(tmp_path / "a", "parquet")
    world.feed(*stories(5))
    world.export(tmp_path / "d", "parquet", since=tmp_path / "a" / "manifest.json")
    world.export(tmp_path / "b", "parquet")
    merge(tmp_path / "a" / "manifest.json", tmp_path / "d" / "manifest.json", tmp_path / "m")
    assert tree(tmp_path / "m") == tree(tmp_path / "b")
    world.run("UPDATE article SET gone_at = 1")
    world.export(tmp_path / "e", "parquet", since=tmp_path / "b" / "manifest.json")
    world.export(tmp_path / "c", "parquet")
    merge(tmp_path / "b" / "manifest.json", tmp_path / "e" / "manifest.json", tmp_path / "n")
    assert tree(tmp_path / "n") == tree(tmp_path / "c")
