from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from crawler.items import Article, Damage, IndexTerms, RelatedLink, ScrapedArticle, Tag
from storage import captures, frontier, search
from storage.archive import Archive, Recorded, record, record_all
from storage.db import writing
from storage.grams import index_terms
from storage.raw import Raw
from storage.recording import reread
from storage.rows import article_json, article_row
from storage.schema import article as article_table
from storage.schema import capture, related_link, revision, tag
from storage.schema import frontier as frontier_table
from tests.storage.samples import LEASE, NOW, article, claimed, exchange, link, outcome, url, visit


def keep(engine: Engine, *outcomes, after=()) -> list[Recorded]:
    with writing(engine).begin() as conn:
        return record_all(conn, outcomes, kept=[None] * len(outcomes), after=after)


def rows(engine: Engine, table):
    with engine.connect() as conn:
        return conn.execute(select(table)).all()


def found(engine: Engine, query: str) -> list[str]:
    with engine.connect() as conn:
        return [hit.url for hit in search.search(conn, query).hits]


def test_an_article_its_links_and_the_frontier_are_one_transaction(engine: Engine) -> None:
    (first,) = claimed(engine, [link(1)])
    (result,) = keep(engine, outcome(first, article(1), links=(link(2, depth=1), link(3, depth=1), link(1))))
    assert (result.kind, result.revision, result.new_links, result.at) == ("new", 1, 2, NOW)
    stored = Archive(engine).by_url(url(1))
    assert stored is not None
    assert stored["id"] == result.article_id
    with engine.connect() as conn:
        assert frontier.counts(conn) == {"done": 1, "pending": 2}


def test_nothing_stays_of_a_transaction_that_is_rolled_back(engine: Engine) -> None:
    (first,) = claimed(engine, [link(1)])
    with writing(engine).connect() as conn, conn.begin() as transaction:
        record(conn, outcome(first, article(1), links=(link(2),)))
        transaction.rollback()
    assert rows(engine, article_table) == rows(engine, related_link) == rows(engine, tag) == []
    assert found(engine, "钒钛") == []
    with engine.connect() as conn:
        assert frontier.counts(conn) == {"leased": 1}


def test_the_json_is_the_contract(engine: Engine) -> None:
    item = article(
        1,
        body="甲乙丙\n丁",
        title_original="攀枝花釩鈦",
        body_original="甲乙丙\n丁",
        damage=(Damage(field="body", start=0, end=1, kind="splice"),),
        rights="版权所有",
        author="",
    )
    keep(engine, outcome(visit(), item))
    stored = Archive(engine).by_id(1)
    assert stored is not None
    assert list(stored) == [
        "id", "url", "source", "title", "title_original", "subtitle", "published_at", "date_precision", "origin",
        "reprinted_from", "author", "editor", "body", "body_original", "script", "rights", "related", "attachments",
        "images", "regions", "industries", "policy", "damage", "cluster", "canonical", "first_seen_at", "last_seen_at",
        "revision", "content_sha256",
    ]  # fmt: skip
    assert stored["published_at"] == "2026-05-02T11:02:01.123456+08:00"
    assert stored["author"] is None
    assert stored["related"] == [
        {
            "position": 1,
            "title": "芒果上市",
            "url": url("related"),
            "summary": "摘要",
            "date": None,
            "heading": "延伸阅读",
        }
    ]
    assert stored["damage"] == [{"field": "body", "start": 0, "end": 1, "kind": "splice"}]
    assert stored["first_seen_at"] == NOW.isoformat()
    unstored = article_json(item)
    assert {**stored, **dict.fromkeys(("id", "first_seen_at", "last_seen_at", "revision"))} == unstored


def test_a_row_has_a_column_for_every_field_of_an_article() -> None:
    columns = set(article_table.c.keys())
    assert set(article_row(article(1))) <= columns
    elsewhere = {"related", "fingerprint"}
    assert {field.name for field in fields(Article)} - elsewhere <= columns


def test_the_same_text_again_is_seen_and_adds_nothing(engine: Engine) -> None:
    later = NOW + timedelta(days=1)
    keep(engine, outcome(visit(), article(1)))
    (result,) = keep(engine, outcome(visit(), article(1), when=later))
    assert (result.kind, result.article_id, result.revision) == ("seen", 1, 1)
    assert rows(engine, revision) == []
    (row,) = rows(engine, article_table)
    assert (row.first_seen_at, row.last_seen_at, row.revised_at, row.changed_at) == (NOW, later, NOW, NOW)


def test_a_visit_without_change_is_a_sighting(engine: Engine) -> None:
    later = NOW + timedelta(days=1)
    keep(engine, outcome(visit(), article(1)))
    (result,) = keep(engine, outcome(visit(), state="unchanged", when=later, status=304))
    assert result.kind == "seen"
    assert rows(engine, article_table)[0].last_seen_at == later


def test_an_older_sighting_does_not_turn_back_the_clock(engine: Engine) -> None:
    keep(engine, outcome(visit(), article(1)))
    keep(engine, outcome(visit(), article(1), when=NOW - timedelta(hours=1)))
    assert rows(engine, article_table)[0].last_seen_at == NOW


def test_a_changed_text_is_a_revision_and_the_earlier_one_is_kept_whole(engine: Engine) -> None:
    later = NOW + timedelta(days=1)
    keep(engine, outcome(visit(), article(1, body="旧的石墨消息", author="甲")))
    (result,) = keep(engine, outcome(visit(), article(1, body="新的芒果消息", related=()), when=later))
    assert (result.kind, result.revision) == ("revised", 2)
    assert result.previous is not None
    assert result.previous.body == "旧的石墨消息"
    (earlier,) = Archive(engine).revisions(1)
    assert (earlier["revision"], earlier["body"], earlier["author"], earlier["seen_at"]) == (
        1, "旧的石墨消息", "甲", NOW.isoformat(),
    )  # fmt: skip
    assert len(earlier["related"]) == 1
    (row,) = rows(engine, article_table)
    assert (row.revision, row.revised_at, row.first_seen_at, row.body) == (2, later, NOW, "新的芒果消息")
    assert rows(engine, related_link) == []
    assert found(engine, "石墨") == []
    assert found(engine, "芒果") == [url(1)]


def test_a_changed_field_without_a_changed_text_is_no_revision(engine: Engine) -> None:
    later = NOW + timedelta(days=1)
    keep(engine, outcome(visit(), article(1)))
    changed = article(1, editor="乙", regions=(), related=(RelatedLink(position=1, title="换了", url=None),))
    (result,) = keep(engine, outcome(visit(), changed, when=later))
    assert result.kind == "seen"
    (row,) = rows(engine, article_table)
    assert (row.editor, row.revision, row.changed_at) == ("乙", 1, later)
    assert [entry.title for entry in rows(engine, related_link)] == ["换了"]
    assert [entry.kind for entry in rows(engine, tag)] == ["industry"]


def test_a_batch_may_hold_one_article_twice(engine: Engine) -> None:
    results = keep(
        engine,
        outcome(visit(1), article(1, body="一")),
        outcome(visit(2), article(2)),
        outcome(visit(1), article(1, body="二")),
        outcome(visit(1), article(1, body="二")),
    )
    assert [result.kind for result in results] == ["new", "new", "revised", "seen"]
    assert [result.article_id for result in results] == [1, 2, 1, 1]


def test_hooks_run_in_the_transaction_for_every_article(engine: Engine) -> None:
    told = []
    keep(
        engine,
        outcome(visit(1), article(1)),
        outcome(visit(2)),
        after=[
            lambda conn, recorded, item: told.append(
                (conn.in_transaction(), recorded.kind, recorded.article_id, item.url)
            )
        ],
    )
    assert told == [(True, "new", 1, url(1))]


def test_an_article_that_was_not_cleaned_is_refused(engine: Engine) -> None:
    raw = ScrapedArticle(url=url(1), source=None, title="题", paragraphs=("文",))
    with pytest.raises(TypeError, match="Not cleaned"):
        keep(engine, outcome(visit(), None, article=raw))


def test_what_no_database_takes_is_mended_and_the_rest_untouched(engine: Engine) -> None:
    item = article(1, related=(RelatedLink(position=1, title="a\0b", url=None),))
    keep(engine, outcome(visit(), replace(item, body="好\0字\ud800尾😀")))
    stored = Archive(engine).by_id(1)
    assert stored is not None
    assert stored["body"] == "好字\ufffd尾😀"
    assert stored["related"][0]["title"] == "ab"
    assert stored["title"] == item.title


def test_a_region_given_twice_has_one_row(engine: Engine) -> None:
    twice = Tag(code="510400", name="攀枝花市", words=("攀枝花",))
    keep(engine, outcome(visit(), article(1, regions=(twice, replace(twice, words=("攀市",))))))
    assert [(entry.kind, entry.code) for entry in rows(engine, tag) if entry.kind == "region"] == [("region", "510400")]


def test_a_redirect_settles_both_addresses(engine: Engine) -> None:
    (first,) = claimed(engine, [link(1)])
    due = NOW + timedelta(days=3)
    keep(engine, outcome(first, article(2), url=url(2), due_at=due))
    states = {row.url: (row.state, row.due_at) for row in rows(engine, frontier_table)}
    assert states == {url(1): ("done", None), url(2): ("done", due)}


def test_a_listing_goes_on_only_where_it_holds_news(engine: Engine) -> None:
    (first,) = claimed(engine, [link("list", kind="listing")])
    since = NOW - timedelta(minutes=1)
    page = outcome(first, links=(link(1), link(2)), onward=link("list_2", kind="listing"), since=since)
    (result,) = keep(engine, page)
    assert (result.kind, result.new_links) == ("none", 3)
    later = NOW + timedelta(days=1)
    again = replace(page, fetched_at=later, since=later, onward=link("list_3", kind="listing"))
    (result,) = keep(engine, again)
    assert result.new_links == 0
    assert url("list_3") not in {row.url for row in rows(engine, frontier_table)}


def test_a_listing_goes_on_where_a_parallel_page_of_this_crawl_told_its_news_first(engine: Engine) -> None:
    (first,) = claimed(engine, [link("list", kind="listing")])
    since = NOW - timedelta(minutes=1)
    keep(engine, outcome(visit(9), links=(link(1),)))
    (result,) = keep(engine, outcome(first, links=(link(1),), onward=link("list_2", kind="listing"), since=since))
    assert result.new_links == 1


def test_new_links_are_counted_for_the_first_that_found_them(engine: Engine) -> None:
    one, two = claimed(engine, [link("a"), link("b")])
    results = keep(engine, outcome(one, links=(link(1), link(2))), outcome(two, links=(link(2), link(3))))
    assert [result.new_links for result in results] == [2, 1]


def test_what_failed_keeps_its_reason(engine: Engine) -> None:
    (first,) = claimed(engine, [link(1)])
    keep(engine, outcome(first, state="failed", reason="not HTML"))
    (row,) = rows(engine, frontier_table)
    assert (row.state, row.reason, row.due_at, row.lease_owner) == ("failed", "not HTML", None, None)


def test_unchanged_visits_are_counted_until_a_change(engine: Engine) -> None:
    (first,) = claimed(engine, [link(1)])
    keep(engine, outcome(first, article(1)))
    for day in (1, 2):
        keep(engine, outcome(first, state="unchanged", when=NOW + timedelta(days=day)))
    (row,) = rows(engine, frontier_table)
    assert (row.unchanged_count, row.changed_at, row.visited_at) == (2, NOW, NOW + timedelta(days=2))
    keep(engine, outcome(first, article(1, body="换了"), when=NOW + timedelta(days=3)))
    (row,) = rows(engine, frontier_table)
    assert (row.unchanged_count, row.changed_at) == (0, NOW + timedelta(days=3))


def gone(engine: Engine, of, day: float):
    keep(engine, outcome(of, state="gone", when=NOW + timedelta(days=day), status=404, reason="404"))
    (item,) = rows(engine, article_table)
    (row,) = rows(engine, frontier_table)
    return item.gone_at, row.due_at


def test_a_page_that_vanished_is_gone_after_visits_over_days_and_kept(engine: Engine) -> None:
    (first,) = claimed(engine, [link(1)])
    keep(engine, outcome(first, article(1)))
    assert gone(engine, first, 1) == (None, NOW + timedelta(days=2))
    assert gone(engine, first, 2) == (None, NOW + timedelta(days=3))
    assert gone(engine, first, 3) == (NOW + timedelta(days=3), None)
    assert Archive(engine).by_url(url(1)) is not None
    keep(engine, outcome(first, article(1), when=NOW + timedelta(days=9)))
    assert rows(engine, article_table)[0].gone_at is None


def test_a_page_is_not_gone_by_many_visits_of_one_day_nor_by_two_far_apart(engine: Engine) -> None:
    (first,) = claimed(engine, [link(1)])
    keep(engine, outcome(first, article(1)))
    for step in range(4):
        assert gone(engine, first, 0.1 + step / 100)[0] is None
    keep(engine, outcome(first, article(1), when=NOW + timedelta(days=1)))
    assert gone(engine, first, 2)[0] is None
    assert gone(engine, first, 9)[0] is None


def test_an_address_that_never_gave_an_article_is_not_asked_for_again(engine: Engine) -> None:
    (first,) = claimed(engine, [link(1)])
    keep(engine, outcome(first, state="gone", status=404))
    (row,) = rows(engine, frontier_table)
    assert (row.state, row.due_at) == ("gone", None)


def test_captures_point_to_their_records_and_a_repeated_body_to_the_first(engine: Engine, tmp_path) -> None:
    pages = [exchange(url(1), b"one"), None, exchange(url(2), b"two"), exchange(url(3), b"one")]
    with Raw(tmp_path) as store, writing(engine).begin() as conn:
        kept = captures.keep(store, pages, conn)
        ids = captures.add(conn, kept)
        again = captures.keep(store, [exchange(url(4), b"two")], conn)
        (fourth,) = captures.add(conn, again)
        for number, page in zip([*ids, fourth], [*pages, exchange(url(4), b"two")], strict=True):
            if number is not None and page is not None:
                assert store.read(*captures.pointers(conn, number)) == page
        originals = [row.original_id for row in conn.execute(select(capture).order_by(capture.c.id))]
    assert originals == [None, None, ids[0], ids[2]]


def test_an_article_knows_the_raw_page_of_its_present_text(engine: Engine, tmp_path) -> None:
    def store(item: Article, day: int) -> int | None:
        of = outcome(visit(), item, when=NOW + timedelta(days=day))
        with Raw(tmp_path) as raw, writing(engine).begin() as conn:
            record_all(conn, [of], kept=captures.keep(raw, [of.exchange], conn))
        return rows(engine, article_table)[0].capture_id

    assert store(article(1), 0) == 1
    assert store(article(1), 1) == 1
    assert store(article(1, body="换"), 2) == 3
    assert rows(engine, revision)[0].capture_id == 1


def test_a_new_reading_is_no_revision(engine: Engine) -> None:
    keep(engine, outcome(visit(), article(1, body="石墨")))
    told = []
    with writing(engine).begin() as conn:
        assert reread(conn, 1, article(1, body="石墨"), now=NOW + LEASE) == ()
        changed = reread(
            conn, 1, article("other", body="芒果"), now=NOW + LEASE, after=[lambda _c, r, _i: told.append(r.kind)]
        )
    assert {"title", "body", "content_sha256"} <= set(changed)
    assert told == ["reread"]
    (row,) = rows(engine, article_table)
    assert (row.url, row.body, row.revision, row.last_seen_at, row.changed_at) == (url(1), "芒果", 1, NOW, NOW + LEASE)
    assert rows(engine, revision) == []
    assert (found(engine, "石墨"), found(engine, "芒果")) == ([], [url(1)])
    with writing(engine).begin() as conn, pytest.raises(LookupError):
        reread(conn, 99, article(1), now=NOW)


def test_the_archive_answers(engine: Engine) -> None:
    keep(engine, *(outcome(visit(number), article(number)) for number in range(1, 8)))
    archive = Archive(engine)
    assert archive.by_id(99) is archive.by_url("nothing") is None
    assert [item["id"] for item in archive.stream(batch=3)] == list(range(1, 8))
    assert [item["id"] for item in archive.stream(article_table.c.id > 5, batch=2)] == [6, 7]
    status = archive.status()
    assert (status["articles"], status["revisions"], status["sources"]) == (7, 0, {"cinic": 7})


def test_ids_are_not_given_twice(engine: Engine) -> None:
    keep(engine, *(outcome(visit(number), article(number)) for number in range(5)))
    keep(engine, *(outcome(visit(number), article(number)) for number in range(3, 9)))
    with engine.connect() as conn:
        assert conn.execute(select(func.count(func.distinct(article_table.c.id)))).scalar_one() == 9


def test_index_terms_that_are_made_already_are_used_for_their_own_text_alone(engine: Engine) -> None:
    own, others = article(1), article(2)
    mine, foreign = IndexTerms(own.content_sha256, "攀钢"), IndexTerms(own.content_sha256, "攀钢")
    visits = claimed(engine, [link(1), link(2)])
    with writing(engine).begin() as conn:
        made = {own.url: (own, mine), others.url: (others, foreign)}
        outcomes = [outcome(of, made[of.url][0], terms=made[of.url][1]) for of in visits]
        record_all(conn, outcomes, kept=[None, None])
        ids = dict(conn.execute(select(article_table.c.url, article_table.c.id)).all())
        assert search.holds(conn, [(ids[own.url], "攀钢"), (ids[others.url], "攀钢")]) == {ids[own.url]}
        assert search.holds(conn, [(ids[others.url], index_terms(others.title, others.body))]) == {ids[others.url]}


def test_the_last_content_type_counts() -> None:
    said = [(b"Content-Type", b"text/html"), (b"content-type", b"text/html; charset=gbk"), (b"Content-Type", b"")]
    assert replace(exchange(url(1)), headers=tuple(said)).content_type == "text/html; charset=gbk"
    assert replace(exchange(url(1)), headers=((b"Server", b"x"),)).content_type is None


def test_an_empty_body_is_null_in_the_json() -> None:
    told = article_json(replace(article(1), body="", body_original=""))
    assert (told["body"], told["body_original"]) == (None, None)
