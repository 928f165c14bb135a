from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import Engine, event, func, select

from crawler.items import MIRRORED, Article, Issue, Policy
from pipelines.dedupe import fingerprint, same_story
from storage.archive import record_all
from storage.candidates import candidates
from storage.clusters import UNNAMED, Names, copied, joining
from storage.db import writing
from storage.recording import reread
from storage.schema import article as articles
from storage.schema import band, cluster, kinship
from storage.tree import tree
from tests.storage.samples import NOW, article, outcome, visit

NEWS = (
    "记者从近期召开的攀枝花市钒钛产业发展报告会上了解到，去年攀枝花市钒钛产品产量大幅增长，钛精矿、钛白粉、海绵钛等产品产量创历史新高，"
    "钒钛产业产值首次突破200亿元。\n市经信局有关负责人介绍，全市规模以上钒钛企业达到98户，比上年增加7户，新开工项目23个。\n"
    "下一步，将围绕建设世界级钒钛产业基地，推动重点项目建设，完善产业链条，提升产品附加值，力争五年内产值再翻一番。\n"
    "与会专家认为，攀西地区钒钛磁铁矿储量丰富，开发利用水平持续提高，但深加工产品占比仍然偏低，需要在人才和资金上加大投入。"
)
OTHER = (
    "连日来，米易县的早春蔬菜陆续上市，成都、重庆等地的客商前来订购。\n当地合作社负责人说，今年种植面积扩大到6万亩，"
    "预计总产量36万吨，菜农户均增收5000元以上。\n县农业农村局派出技术员120人次到田间指导，冷链车每天发往外地的蔬菜超过800吨。"
)
DAY = NOW - timedelta(days=2)


def piece(host: str, body: str = NEWS, title: str = "攀枝花钒钛产值首破200亿元", hours: float = 0, **fields) -> Article:
    values = {"url": f"http://{host}.example/1.html", "title": title, "published_at": DAY + timedelta(hours=hours)}
    return fingerprint(article(host, body, **{"date_precision": "minute", **values, **fields}))


def keep(engine: Engine, *items: Article, together: bool = False, names: Names = UNNAMED) -> None:
    """Records the articles, each in a transaction of its own or all in one."""
    for group in [items] if together else [(item,) for item in items]:
        with writing(engine).begin() as conn:
            outcomes = [outcome(visit(at=item.url), item) for item in group]
            record_all(conn, outcomes, kept=[None] * len(outcomes), after=[joining(same_story, names)])


def groups(engine: Engine) -> set[tuple[str, frozenset[tuple[str, str | None]]]]:
    """Each cluster: its canonical article's host, and the others with their relation."""
    c = articles.c
    found: dict[int, list] = {}
    with engine.connect() as conn:
        for row in conn.execute(select(c.url, c.cluster_id, c.canonical, c.relation).where(c.cluster_id.is_not(None))):
            found.setdefault(row.cluster_id, []).append(row)
        sizes = dict(conn.execute(select(cluster.c.id, cluster.c.size)).all())
        heads = select(cluster.c.id, c.url).join(articles, c.id == cluster.c.canonical_article_id)
        canonical = dict(conn.execute(heads).all())
    assert sizes == {number: len(rows) for number, rows in found.items()}
    assert canonical == {number: row.url for number, rows in found.items() for row in rows if row.canonical}
    return {
        (host(canonical[number]), frozenset((host(row.url), row.relation) for row in rows if not row.canonical))
        for number, rows in found.items()
    }


def host(url: str) -> str:
    return url.split("/")[2].removesuffix(".example")


def test_a_reprint_joins_and_the_earliest_is_canonical(engine: Engine) -> None:
    late = piece("late", "本报讯（记者 王强）" + NEWS + "\n责任编辑：李红", hours=5)
    keep(engine, late, piece("early"), piece("other", OTHER, title="米易早春蔬菜上市"))
    assert groups(engine) == {("early", frozenset({("late", "identical")}))}
    with engine.connect() as conn:
        alone = conn.execute(select(articles).where(articles.c.url.contains("other"))).one()
    assert (alone.cluster_id, alone.canonical, alone.relation) == (None, True, None)


FOUR = (
    piece("a"),
    piece("b", NEWS.replace("大幅增长", "有了大幅度增长").replace("持续提高", "不断得到提高"), hours=2),
    piece("c", "\n".join(NEWS.split("\n")[:3]), hours=4),
    piece("d", NEWS.replace("连续", "").replace("与会专家认为，", "专家表示，"), hours=20),
)


@pytest.mark.parametrize("together", [False, True])
def test_what_came_first_makes_no_difference(sqlite_engine: Engine, together) -> None:
    results = set()
    for order in permutations(FOUR):
        with writing(sqlite_engine).begin() as conn:
            for table in (kinship, cluster, band):
                conn.execute(table.delete())
            conn.execute(articles.delete())
        keep(sqlite_engine, *order, together=together)
        results.add(frozenset(groups(sqlite_engine)))
    (only,) = results
    ((head, others),) = only
    assert head == "a"
    assert {name for name, _ in others} == {"b", "c", "d"}


def test_two_clusters_become_one_when_what_ties_them_comes(engine: Engine) -> None:
    parts = NEWS.split("\n")
    front, back = "\n".join(parts[:3]), "\n".join(parts[1:])
    keep(engine, piece("front", front, hours=1), piece("back", back, title="专家谈钒钛", hours=2))
    keep(engine, piece("front2", front, hours=3), piece("back2", back, title="专家谈钒钛", hours=4))
    before = groups(engine)
    keep(engine, piece("whole"))
    assert len(before) in (1, 2)
    assert [name for name, _ in groups(engine)] == ["whole"]
    ((_, others),) = groups(engine)
    assert {name for name, _ in others} == {"front", "back", "front2", "back2"}


def test_a_short_excerpt_does_not_tie_two_stories(engine: Engine) -> None:
    """A round-up quotes one paragraph of each: told as kin, but neither it nor they become one story."""
    round_up = (
        NEWS.split("\n", maxsplit=1)[0]
        + "\n"
        + OTHER.split("\n", maxsplit=1)[0]
        + "\n"
        + "其他消息："
        + "各县区正在抓紧春耕备耕，" * 20
    )
    keep(
        engine,
        piece("first", NEWS.split("\n", maxsplit=1)[0]),
        piece("second", OTHER.split("\n", maxsplit=1)[0], title="米易早春蔬菜上市"),
        piece("roundup", round_up, title="一周要闻", hours=9),
    )
    assert groups(engine) == set()
    with engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(kinship).where(~kinship.c.joins)).scalar_one() == 2


def test_the_named_origin_is_canonical_among_those_of_one_day(engine: Engine) -> None:
    keep(
        engine,
        piece("reprint", date_precision="day", reprinted_from="攀枝花日报", origin="中国产业经济信息网"),
        piece("paper", date_precision="day", reprinted_from=None, hours=3, origin="攀枝花日报"),
    )
    assert {head for head, _ in groups(engine)} == {"paper"}


def test_a_mirror_is_never_canonical(engine: Engine) -> None:
    real = piece("www.cinic", hours=30)
    keep(engine, piece("spam", mirror_of=real.url))
    assert groups(engine) == set()
    keep(engine, real)
    assert groups(engine) == {("www.cinic", frozenset({("spam", "identical")}))}


WORK = (Issue(kind=MIRRORED, detail="發(fā)、展(zhǎn)（2）"),)


def test_a_page_that_is_a_mirrors_work_is_canonical_only_while_no_original_is_there(engine: Engine) -> None:
    keep(engine, piece("garbled", issues=WORK), piece("later", hours=1, issues=WORK))
    assert groups(engine) == {("garbled", frozenset({("later", "identical")}))}
    keep(engine, piece("real", hours=40))
    assert groups(engine) == {("real", frozenset({("garbled", "identical"), ("later", "identical")}))}
    with engine.connect() as conn:
        copies = set(conn.execute(select(articles.c.url).where(copied())).scalars())
    assert copies == {"http://garbled.example/1.html", "http://later.example/1.html"}


def test_a_reprint_and_a_lone_mirror_are_no_copies(engine: Engine) -> None:
    keep(engine, piece("one"), piece("reprint", hours=3, issues=(Issue(kind="odd", detail=MIRRORED),)))
    keep(engine, piece("alone", OTHER, "米易蔬菜", issues=WORK, mirror_of="http://nowhere.example/1.html"))
    with engine.connect() as conn:
        assert conn.execute(select(articles.c.url).where(copied())).all() == []


def test_what_is_read_to_be_a_mirrors_work_only_now_gives_its_place_up(engine: Engine) -> None:
    early = piece("garbled", mirror_of="http://old.example/1.html")
    keep(engine, replace(early, mirror_of=None), piece("real", hours=3))
    assert {head for head, _ in groups(engine)} == {"garbled"}
    with writing(engine).begin() as conn:
        changed = reread(conn, 1, replace(early, issues=WORK), now=NOW, after=[joining(same_story)])
    assert set(changed) >= {"issues", "mirror_of"}
    assert groups(engine) == {("real", frozenset({("garbled", "identical")}))}
    with writing(engine).begin() as conn:
        again = replace(early, issues=WORK, mirror_of=None)
        assert reread(conn, 1, again, now=NOW) == (), "a reading that knows no original forgets none"


def test_a_mirror_that_says_no_date_is_found_by_the_address_it_copies(engine: Engine) -> None:
    real = piece("www.cinic")
    short = NEWS.split("\n", maxsplit=1)[0]
    keep(engine, replace(real, body=short), piece("spam", short, published_at=None, mirror_of=real.url))
    assert {head for head, _ in groups(engine)} == {"www.cinic"}


def test_the_same_long_text_is_found_without_a_date(engine: Engine) -> None:
    keep(engine, piece("dated"), piece("undated", published_at=None, date_precision=None))
    assert groups(engine) == {("dated", frozenset({("undated", "identical")}))}


def test_a_formula_of_another_year_stays_alone(engine: Engine) -> None:
    keep(engine, piece("now"), piece("then", hours=-24 * 365))
    assert groups(engine) == set()


def test_templates_of_one_day_stay_alone(engine: Engine) -> None:
    form = (
        "经市政府批准，决定以拍卖方式出让第{}号地块国有建设用地使用权，竞买人可于公告期内获取拍卖出让文件，价高者得。"
        * 3
    )
    keep(engine, *(piece(f"n{n}", form.format(n, n, n), title=f"拍卖出让第{n}号公告") for n in range(1, 6)))
    assert groups(engine) == set()


def test_a_revised_text_leaves_its_cluster(engine: Engine) -> None:
    keep(engine, piece("a"), piece("b", hours=2), piece("c", hours=3))
    keep(engine, piece("a", OTHER, title="米易早春蔬菜上市"))
    assert groups(engine) == {("b", frozenset({("c", "identical")}))}
    with engine.connect() as conn:
        alone = conn.execute(select(articles).where(articles.c.url.contains("//a."))).one()
    assert (alone.cluster_id, alone.canonical, alone.relation) == (None, True, None)
    keep(engine, piece("a"))
    assert groups(engine) == {("a", frozenset({("b", "identical"), ("c", "identical")}))}


def test_a_pair_whose_text_went_apart_leaves_no_cluster(engine: Engine) -> None:
    keep(engine, piece("a"), piece("b", hours=2))
    keep(engine, piece("b", OTHER, title="米易早春蔬菜上市", hours=2))
    assert groups(engine) == set()
    with engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(cluster)).scalar_one() == 0
        assert conn.execute(select(func.count()).select_from(kinship)).scalar_one() == 0


def test_seen_again_changes_nothing(engine: Engine) -> None:
    keep(engine, piece("a"), piece("b", hours=2))
    before = groups(engine)
    keep(engine, piece("a"), piece("b", hours=2))
    assert groups(engine) == before


def test_a_corrected_date_chooses_the_canonical_article_anew(engine: Engine) -> None:
    keep(engine, piece("a", hours=1), piece("b", hours=5))
    assert groups(engine) == {("a", frozenset({("b", "identical")}))}
    keep(engine, piece("a", hours=30))
    assert groups(engine) == {("b", frozenset({("a", "identical")}))}


def test_a_date_that_is_corrected_to_another_year_ends_a_cluster(engine: Engine) -> None:
    keep(engine, piece("a"), piece("b", hours=5))
    keep(engine, piece("b", hours=-24 * 365))
    assert groups(engine) == set()
    keep(engine, piece("b", hours=5))
    assert groups(engine) == {("a", frozenset({("b", "identical")}))}


def test_another_list_of_links_leaves_the_clusters_alone(engine: Engine) -> None:
    keep(engine, piece("a"), piece("b", hours=5))
    with engine.connect() as conn:
        before = conn.execute(select(kinship)).all(), conn.execute(select(cluster)).all()
    keep(engine, piece("b", hours=5, images=("http://b.example/1.jpg",)))
    with engine.connect() as conn:
        assert (conn.execute(select(kinship)).all(), conn.execute(select(cluster)).all()) == before


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_plan_that_was_made_for_an_empty_table_reads_no_whole_weeks(engine: Engine) -> None:
    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def explain(_conn, _cursor, statement, parameters, _context, _many):
        return ("EXPLAIN " + statement if "LATERAL" in statement else statement), parameters

    me = piece("me")
    with engine.connect() as conn:
        plan = "\n".join(map(str, candidates(conn, 1, me, me.fingerprint)))
    assert "(week = wanted.week) AND (key = wanted.key)" in plan


def test_a_batch_that_holds_all_is_as_one_after_the_other(engine: Engine) -> None:
    keep(engine, *FOUR, piece("other", OTHER, title="米易早春蔬菜上市"), together=True)
    ((head, others),) = groups(engine)
    assert head == "a"
    assert len(others) == 3


def test_many_reprints_of_one_text_are_one_cluster(sqlite_engine: Engine) -> None:
    keep(sqlite_engine, *(piece(f"r{n:03}", hours=n / 60) for n in range(150)), together=True)
    ((head, others),) = groups(sqlite_engine)
    assert head == "r000"
    assert len(others) == 149


def test_a_random_order_of_many_stories_gives_the_same_clusters(sqlite_engine: Engine) -> None:
    pool = [
        piece(
            f"s{story}v{version}",
            f"{story}号厂今年产量{story * 37}吨。" + text,
            title=f"{story}号厂的消息",
            hours=version,
        )
        for story in range(6)
        for version, text in enumerate((NEWS, NEWS.replace("。\n", "！\n"), NEWS[:-30]))
    ]
    results = []
    for seed in range(3):
        with writing(sqlite_engine).begin() as conn:
            for table in (kinship, cluster, band):
                conn.execute(table.delete())
            conn.execute(articles.delete())
        random.Random(seed).shuffle(pool)
        keep(sqlite_engine, *pool, together=seed == 2)
        results.append(groups(sqlite_engine))
    assert results[0] == results[1] == results[2]


def test_the_tree_says_who_named_whom(engine: Engine) -> None:
    keep(
        engine,
        piece("paper", origin="攀枝花日报"),
        piece("cinic", hours=5, origin="中国产业经济信息网", reprinted_from="攀枝花日报"),
        piece("third", hours=9, origin="中国产业经济信息网"),
        piece("nameless", hours=10, origin=None),
    )
    with engine.connect() as conn:
        root = tree(conn, conn.execute(select(cluster.c.id)).scalar_one())
        with pytest.raises(LookupError):
            tree(conn, 10_000)
    assert (host(root.url), root.relation, root.named) == ("paper", None, None)
    cinic, nameless = root.branches
    assert (host(cinic.url), cinic.named, cinic.relation, cinic.similarity) == ("cinic", "攀枝花日报", "identical", 1.0)
    assert [(host(branch.url), branch.named) for branch in cinic.branches] == [("third", "中国产业经济信息网")]
    assert (host(nameless.url), nameless.named, nameless.first_seen_at) == ("nameless", None, NOW)


def test_the_rounds_of_a_tender_are_told_apart_and_its_copy_is_not(engine: Engine) -> None:
    first = NEWS.replace("\n", "\n项目编号：N5104022026000011\n", 1)
    title = "钒钛园区道路照明采购{}公开招标公告"
    again = first.replace("000011", "000031")
    keep(
        engine,
        piece("first", first, title=title.format("")),
        piece("copy", "信息来源：政府采购网\n" + first, title=title.format(""), hours=5),
        piece("second", again, title=title.format("（二次）"), hours=30),
    )
    assert {(canonical, *(name for name, _ in others)) for canonical, others in groups(engine)} == {("first", "copy")}


OFFICIAL = {"source": "panzhihua", "date_precision": "day", "origin": None}
PORTAL = {"hours": 1, "source": "portal", "origin": "攀枝花市人民政府网站"}
PAPER = {"hours": 4, "source": "paper", "origin": "攀枝花日报社"}
CALLED = {"panzhihua": ("攀枝花市人民政府",), "paper": ("攀枝花日报",), "portal": ("某门户",)}


@pytest.mark.parametrize("official_first", [True, False])
@pytest.mark.parametrize("names", [UNNAMED, CALLED])
def test_the_official_page_is_before_a_copy_with_a_clock(engine: Engine, official_first: bool, names: Names) -> None:
    items = [piece("official", **OFFICIAL), piece("portal", **PORTAL)]
    keep(engine, *items[:: 1 if official_first else -1], names=names)
    assert groups(engine) == {("official", frozenset({("portal", "identical")}))}


@pytest.mark.parametrize(
    ("first", "second", "canonical"),
    [
        (PAPER, PORTAL, "first"),  # names itself
        ({**PORTAL, "policy": Policy(relation="document", title=None, issuers=("某门户",))}, PAPER, "first"),
        ({**PORTAL, "origin": "四川日报"}, {**PORTAL, "hours": 3, "origin": None}, "second"),
        (PORTAL, {**PAPER, "reprinted_from": "四川日报"}, "first"),
        ({**PAPER, "hours": 30}, PORTAL, "second"),  # another day
        (PAPER, {**PAPER, "hours": 3}, "second"),
    ],
)
def test_of_one_day_the_source_that_a_text_comes_from_is_canonical(
    engine: Engine, first: dict, second: dict, canonical: str
) -> None:
    keep(engine, piece("first", **first), piece("second", **second), names=CALLED)
    assert [name for name, _ in groups(engine)] == [canonical]


def test_of_sources_that_nobody_knows_the_earliest_is_canonical(engine: Engine) -> None:
    keep(engine, piece("paper", origin="攀枝花日报"), piece("late", hours=5, origin=None))
    assert [name for name, _ in groups(engine)] == ["paper"]


@pytest.mark.parametrize("excerpt_first", [True, False])
def test_the_beginning_of_a_long_report_finds_it(engine: Engine, excerpt_first: bool) -> None:
    source = random.Random(7)
    vocabulary = [chr(0x4E00 + source.randrange(4000)) + chr(0x4E00 + source.randrange(4000)) for _ in range(300)]
    report = ["".join(source.choices(vocabulary, k=12)) + "。" for _ in range(30)]
    items = [piece("whole", "".join(report)), piece("part", "".join(report[:6]), hours=3)]
    keep(engine, *items[:: -1 if excerpt_first else 1])
    assert groups(engine) == {("whole", frozenset({("part", "excerpt")}))}
