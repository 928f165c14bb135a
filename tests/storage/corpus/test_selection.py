from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storage.archive import Archive
from storage.corpus.fields import CorpusError
from storage.corpus.options import Options, Selection
from storage.corpus.plan import Plan, mix
from storage.corpus.snapshot import snapshot
from storage.corpus.view import View
from storage.schema import article as table
from tests.storage.corpus.world import NASTY, World, story, tree


def chosen(world: World, folder: Path, **selection: Any) -> list[dict[str, Any]]:
    world.export(folder / "x.jsonl", "jsonl", selection=Selection(**selection), force=True)
    return [json.loads(line) for line in (folder / "x.jsonl").read_bytes().split(b"\n")[:-1]]


def found(world: World, **selection: Any) -> list[int]:
    """The ids that a selection chooses."""
    options = Options(format="jsonl", selection=Selection(**selection))
    with snapshot(world.engine) as view:
        plan = Plan(view, options, View())
        parts = [view.bulk.fetch(plan.query(part, [table.c.id]))["id"].to_pylist() for part in plan.stretches]
    return sorted(number for part in parts for number in part)


def test_small_years_of_a_source_are_read_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def stretches() -> list[tuple[str | None, tuple[int, int] | None, int]]:
        with snapshot(world.engine) as view:
            plan = Plan(view, Options(format="jsonl"), View())
            assert plan.size == sum(stretch.size for stretch in plan.stretches) == 63
            return [(stretch.source, stretch.years, stretch.size) for stretch in plan.stretches]

    together = stretches()
    assert [source for source, years, _ in together if years] == ["cinic", "pzh", "scgov", None]
    monkeypatch.setattr("storage.corpus.plan.STRETCH", 1)
    apart = stretches()
    assert all(years[0] == years[1] for _, years, _ in apart if years)
    assert len(apart) > len(together)


def ids(rows: Any) -> list[int]:
    return sorted(row["id"] for row in rows)


@pytest.mark.parametrize(
    ("selection", "holds"),
    [
        ({"sources": ("cinic", "pzh")}, lambda one: one["source"] in ("cinic", "pzh")),
        ({"published_from": date(2020, 1, 1)}, lambda one: (one["published_at"] or "")[:10] >= "2020-01-01"),
        ({"published_until": date(2019, 4, 29)}, lambda one: "2" < (one["published_at"] or "")[:10] <= "2019-04-29"),
        ({"regions": ("510402",)}, lambda one: one["regions"][0]["code"] == "510402"),
        ({"regions": ("510400",)}, lambda _: True),
        ({"regions": ("510000",)}, lambda _: True),
        ({"regions": ("520000",)}, lambda _: False),
        ({"regions": ("99",)}, lambda _: False),  # stands in a word that was found, not in a code
        ({"regions": ("攀枝花",)}, lambda _: True),
        ({"regions": ("成都",)}, lambda _: False),
        ({"industries": ("C",)}, lambda one: bool(one["industries"])),
        ({"industries": ("有色金属",)}, lambda one: bool(one["industries"])),
        ({"industries": ("C33", "08")}, lambda _: False),
        ({"policy_kinds": ("any",)}, lambda one: one["policy"] is not None),
        ({"policy_kinds": ("实施意见", "通知")}, lambda one: one["policy"] is not None),
        ({"policy_kinds": ("通知",)}, lambda _: False),
        ({"issuers": ("攀枝花市人民政府",)}, lambda one: bool(one["policy"])),
        ({"issuers": ("攀枝花市",)}, lambda _: False),
        ({"issuers": ("%",)}, lambda _: False),
        ({"issuers": ("2000亿元以上",)}, lambda _: False),
        ({"published_until": date.max}, lambda one: one["published_at"] is not None),
        ({"published_from": date.min}, lambda one: one["published_at"] is not None),
        ({"seen_until": date.max}, lambda _: True),
        ({"published_from": date.max}, lambda _: False),
        ({"min_length": 230}, lambda one: len(one["body"]) >= 230),
        ({"max_length": 229}, lambda one: len(one["body"]) <= 229),
        ({"damage": "none"}, lambda one: not one["damage"]),
        ({"damage": "only"}, lambda one: bool(one["damage"])),
        ({"written_in": "traditional"}, lambda one: one["script"] == "traditional"),
        ({"language": "zh-CN"}, lambda _: True),
        ({"language": "en"}, lambda _: False),
        ({"rights": "stated"}, lambda one: one["rights"] is not None),
        ({"rights": "none"}, lambda one: one["rights"] is None),
        ({"rights": "有 2"}, lambda one: "有 2" in (one["rights"] or "")),
        ({"rights": "_"}, lambda _: False),
    ],
)  # fmt: skip
def test_conditions(world: World, selection: dict[str, Any], holds: Any) -> None:
    everything = list(Archive(world.engine).stream())
    assert found(world, reprints=True, **selection) == [one["id"] for one in everything if holds(one)]
    canonical = [one["id"] for one in everything if holds(one) and one["canonical"]]
    told = {one["cluster"] for one in everything if holds(one) and one["canonical"]} - {None}
    others = [one for one in everything if "sources" in selection and holds(one) and not one["canonical"]]
    first = {one["cluster"]: one["id"] for one in reversed(others) if one["cluster"] not in told}
    assert found(world, **selection) == sorted([*canonical, *first.values()])


@pytest.mark.parametrize("sources", [("scgov",), ("scgov", "cinic"), ("cinic", "pzh", "scgov")])
def test_sources_show_each_of_their_clusters_once(world: World, sources: tuple[str, ...]) -> None:
    theirs = [one for one in Archive(world.engine).stream() if one["source"] in sources and one["cluster"] is not None]
    assert any(not one["canonical"] for one in theirs)
    shown = set(found(world, sources=sources))
    assert sorted(one["cluster"] for one in theirs if one["id"] in shown) == sorted({one["cluster"] for one in theirs})
    led = {one["cluster"]: one["id"] for one in theirs if one["canonical"]}
    assert shown >= set(led.values())


def test_first_sight(world: World) -> None:
    last = max(datetime.fromisoformat(one["first_seen_at"]) for one in Archive(world.engine).stream()).date()
    late = found(world, reprints=True, seen_from=last)
    early = found(world, reprints=True, seen_until=last - timedelta(days=1))
    assert (len(late), len(early)) == (3, 60)


@pytest.mark.parametrize("value", [*NASTY, "'; DROP TABLE article; --", "\\", "%s", ":x", "$1"])
def test_values_are_values(world: World, value: str) -> None:
    """Whatever stands in an option, it is looked for and never run."""
    for name in ("issuers", "industries", "policy_kinds"):
        assert found(world, **{name: (value,)}) == [] or value == ""
    assert found(world, rights=f"{value}\\") == []
    assert found(world, language=value) == []


def test_texts_with_signs_are_found_as_they_are(changing: World) -> None:
    for number, sign in enumerate(["a\\b", "100%", "it's", "_x", ":name", "%(x)s"], start=80):
        changing.feed(story(number, rights=f"版权 {sign} 所有"))
        assert found(changing, rights=sign) == [number - 16]


def test_a_query(world: World, tmp_path: Path) -> None:
    assert ids(chosen(world, tmp_path, query="攀枝花")) == ids(chosen(world, tmp_path))
    assert len(chosen(world, tmp_path, query="第13号消息")) == 1
    assert len(chosen(world, tmp_path, query="“第13号消息”｜（《没有这个词》）")) == 1
    assert chosen(world, tmp_path, query="没有这个词") == []


def test_a_query_without_a_letter_is_told(world: World, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no character that could be searched for"):
        chosen(world, tmp_path, query="……")
    assert list(tmp_path.iterdir()) == []


def test_vanished_pages(changing: World, tmp_path: Path) -> None:
    changing.run("UPDATE article SET gone_at = 1 WHERE id = 12")
    assert 12 not in ids(chosen(changing, tmp_path))
    assert 12 in ids(chosen(changing, tmp_path, withdrawn=True))


def test_a_story_whose_canonical_page_vanished_is_told_by_what_is_left_of_it(changing: World, tmp_path: Path) -> None:
    told = chosen(changing, tmp_path, reprints=True)
    first, second, third = ids(row for row in told if row["title"] == story(7).title)
    whole = set(ids(chosen(changing, tmp_path)))
    gone = "UPDATE article SET gone_at = 1 WHERE id = :id"
    changing.run(gone, id=first)
    assert set(ids(chosen(changing, tmp_path))) == whole - {first} | {second}
    assert set(ids(chosen(changing, tmp_path, withdrawn=True))) == whole
    changing.run(gone, id=second)
    changing.run(gone, id=third)
    assert set(ids(chosen(changing, tmp_path))) == whole - {first}


def test_limit_sample_and_seed(lone: World, tmp_path: Path) -> None:
    def take(**options: Any) -> list[int]:
        lone.export(tmp_path / "s.jsonl", "jsonl", force=True, **options)
        return [json.loads(line)["id"] for line in (tmp_path / "s.jsonl").read_bytes().split(b"\n")[:-1]]

    everything = take()
    assert take(limit=7) == everything[:7]
    assert len(take(sample=20)) == 20
    assert len(take(sample=1000)) == 60
    assert take(sample=20) == take(sample=20)
    assert take(sample=20) != take(sample=20, seed=1)
    assert 10 < len(take(sample=0.5)) < 50
    assert set(take(sample=0.25)) <= set(take(sample=0.5))
    twenty = take(sample=20)
    assert twenty == [number for number in everything if number in twenty]
    assert take(sample=30, limit=5) == take(sample=30)[:5]


def test_splits_are_of_their_weights_and_divide_no_cluster(world: World, tmp_path: Path) -> None:
    world.export(tmp_path / "s", "jsonl", splits=(0.6, 0.2, 0.2), selection=Selection(reprints=True))
    parts = {
        path.stem: [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]
        for path in (tmp_path / "s" / "data").iterdir()
    }
    assert set(parts) == {"train", "validation", "test"}
    assert sum(map(len, parts.values())) == 63
    assert len(parts["train"]) > len(parts["validation"])
    of: dict[int, set[str]] = {}
    for name, rows in parts.items():
        for row in rows:
            if row["cluster"] is not None:
                of.setdefault(row["cluster"], set()).add(name)
    assert of
    assert all(len(names) == 1 for names in of.values())


def splitmix64(value: int, seed: int) -> int:
    """As its author gives it, in plain whole numbers."""
    z = (value + 0x9E3779B97F4A7C15 * (seed + 1)) % 2**64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


def test_the_hash_is_the_same_everywhere_and_even() -> None:
    values = [0, 1, 2, 3, 2**40, 2**63 - 1]
    for seed in (0, 1, 7):
        assert mix(np.array(values), seed).tolist() == [splitmix64(value, seed) for value in values]
    assert mix(np.array([0]), 0).tolist() == [16294208416658607535]  # the first of the sequence that begins at 0
    share = (mix(np.arange(100_000), 5) / 2**64 < 0.25).mean()
    assert abs(share - 0.25) < 0.01


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet", "arrow", "graphml", "text"])
def test_the_same_archive_and_options_give_the_same_bytes(lone: World, tmp_path: Path, form: str) -> None:
    lone.export(tmp_path / "a", form)
    lone.export(tmp_path / "b", form)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_options_come_back_from_their_manifest() -> None:
    options = Options(
        format="csv",
        selection=Selection(
            published_from=date(2020, 1, 2), sources=("a",), damage="none", seen_until=date(2021, 1, 1)
        ),
        fields=("id", "body"),
        splits=(0.8, 0.2),
        bom=True,
        as_of=datetime(2020, 1, 1, tzinfo=UTC),
    )
    assert Options.from_dict(json.loads(json.dumps(options.to_dict()))) == options
    assert Options.from_dict({"format": "jsonl"}) == Options(format="jsonl")
    with pytest.raises(CorpusError, match="can't be read"):
        Options.from_dict({"format": "jsonl", "unknown": 1})


def test_an_export_sees_one_moment(changing: World, tmp_path: Path) -> None:
    """What is committed while it runs is not in it, and nothing of this process's writes is lost."""
    from storage.corpus.export import Means, export

    written = []

    def meanwhile(_doing: str, _done: int, _all: int) -> None:
        if not written:
            written.append(changing.feed(story(70)))

    done = export(changing.engine, tmp_path / "x", Options(format="parquet"), Means(progress=meanwhile))
    assert done.articles == 60
    assert changing.export(tmp_path / "y", "parquet").articles == 61
