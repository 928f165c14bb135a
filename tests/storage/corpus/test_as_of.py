from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from storage.corpus.fields import CONTRACT, CorpusError
from storage.corpus.options import Selection
from tests.storage.corpus.told import plain
from tests.storage.corpus.world import World, reprint, revised, story, tree

ALL = Selection(reprints=True)


def data(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in tree(folder).items() if name.startswith("data/")}


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_the_past_is_what_it_was_to_the_byte(changing: World, tmp_path: Path, form: str) -> None:
    changing.feed(story(3), story(4))  # seen again before the time asked for
    changing.feed(revised(story(5), "第一次改", related=()))
    then = changing.now
    changing.export(tmp_path / "then", form, selection=ALL)
    changing.feed(*[story(number) for number in range(61, 65)])
    changing.feed(revised(story(5), "第二次改"), revised(story(1), "改", title="改了题", policy=None, regions=()))
    changing.feed(revised(story(1), "又改"), revised(story(9), "改", published_at=None), story(2), story(3))
    changing.feed(reprint(story(7), 927), reprint(story(9), 939))
    changing.run("UPDATE article SET gone_at = :at WHERE id = 12", at=2_000_000_000_000_000)
    changing.export(tmp_path / "now", form, selection=ALL)
    changing.export(tmp_path / "as-of", form, selection=ALL, as_of=then)
    assert data(tmp_path / "as-of") == data(tmp_path / "then")
    assert data(tmp_path / "now") != data(tmp_path / "then")


def test_conditions_ask_the_texts_of_the_time(lone: World, tmp_path: Path) -> None:
    then = lone.now
    lone.feed(revised(story(1), "短", policy=None, regions=()))
    rows = exported(lone, tmp_path, Selection(policy_kinds=("any",)), then)
    assert story(1).url in {row["url"] for row in rows}
    assert rows == exported(lone, tmp_path, Selection(policy_kinds=("实施意见",), min_length=2), then)
    assert story(1).url not in {row["url"] for row in exported(lone, tmp_path, Selection(max_length=2), then)}
    assert story(1).url in {row["url"] for row in exported(lone, tmp_path, Selection(max_length=2), lone.now)}


def test_a_story_whose_first_telling_came_later_was_told_by_its_reprint(lone: World, tmp_path: Path) -> None:
    """The reprint was met first; then it was the one article of its story."""
    early = story(71, published_at=story(2).published_at)
    lone.feed(reprint(early, 971))
    then = lone.now
    lone.feed(early)
    (now,) = [row for row in exported(lone, tmp_path, Selection(), lone.now) if row["body"] == early.body]
    assert now["url"] == early.url
    (past,) = [row for row in exported(lone, tmp_path, Selection(), then) if row["body"] == early.body]
    assert past["url"] == reprint(early, 971).url
    assert (past["cluster"], past["canonical"]) == (None, True)
    assert len([row for row in exported(lone, tmp_path, ALL, lone.now) if row["body"] == early.body]) == 2


def test_before_the_first_article_there_was_nothing(lone: World, tmp_path: Path) -> None:
    from datetime import timedelta

    assert exported(lone, tmp_path, ALL, lone.now - timedelta(days=400)) == []


def test_a_query_has_no_past(lone: World, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="query"):
        lone.export(tmp_path / "x.jsonl", "jsonl", as_of=lone.now, selection=Selection(query="钒钛"))


def test_typed_and_json_agree_on_the_past(lone: World, tmp_path: Path) -> None:
    then = lone.now
    lone.feed(revised(story(1), "改"), revised(story(5), "改"))
    rows = exported(lone, tmp_path, ALL, then)
    lone.export(tmp_path / "p.parquet", "parquet", as_of=then, selection=ALL)
    assert list(plain(pq.read_table(tmp_path / "p.parquet"))) == rows
    assert list(rows[0]) == [field.name for field in CONTRACT]


def exported(world: World, folder: Path, selection: Selection, at) -> list[dict]:
    world.export(folder / "as-of.jsonl", "jsonl", selection=selection, as_of=at, force=True)
    return [json.loads(line) for line in (folder / "as-of.jsonl").read_bytes().splitlines()]
