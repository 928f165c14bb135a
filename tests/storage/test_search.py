from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text

from storage import search
from storage.db import writing
from storage.grams import RUN, grams, index_terms, is_han
from storage.query import And, Not, Or, Term, parse, positive, problem, stands
from storage.recording import record_all
from storage.schema import article as table
from storage.schema import tag
from tests.storage.samples import NOW, article, outcome, url, visit

TEXTS = {
    "钒": ("钒电池", "一座储能电站开工，使用全钒液流电池。"),
    "钒钛": ("攀枝花钒钛产业", "钒钛磁铁矿的综合利用：攀枝花钒钛，攀西钒钛。"),
    "石墨": ("石墨负极", "四川石墨项目落户，与钒产业和钛产业配套。"),
    "芒果": ("晚熟芒果", "攀枝花芒果出口，GDP增长5.2%，氢能公交 H2Bus 上路。"),
    "康养": ("阳光康养", "攀枝花的康养产业，OpenAI reopen aim 只是英文。"),
    "空": ("无字", "……！"),
}
T2S = str.maketrans("釩鈦產業電", "钒钛产业电")


def fold(query: str) -> str:
    return query.translate(T2S)


@pytest.fixture
def library(engine: Engine) -> Engine:
    with writing(engine).begin() as conn:
        items = [
            outcome(visit(number), article(name, title=title, body=body, published_at=NOW + timedelta(days=number)))
            for number, (name, (title, body)) in enumerate(TEXTS.items())
        ]
        record_all(conn, items, kept=[None] * len(items))
    return engine


def find(engine: Engine, query: str, **options) -> set[str]:
    with engine.connect() as conn:
        found = search.search(conn, query, fold=fold, **options)
        by_condition = conn.execute(
            select(table.c.url).where(search.condition(query, conn.dialect.name, fold), *options.get("where", ()))
        )
        names = {hit.url for hit in found.hits}
        assert names == set(by_condition.scalars())
        assert found.total == len(names)
    return {name for name in TEXTS if url(name) in names}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("钒钛", {"钒钛"}),  # two characters
        ("釩鈦", {"钒钛"}),  # in the other script
        ("钒", {"钒", "钒钛", "石墨"}),  # one character
        ("矿", {"钒钛"}),  # one character, in the middle of a stretch
        ("池", {"钒"}),  # one character, at the end of a stretch
        ("钒产业", {"石墨"}),
        ("钒钛产业", {"钒钛"}),  # in the title alone
        ("钒业", set()),  # its characters are there, the word is not
        ("攀枝钒钛", set()),  # its pairs are there, the phrase is not
        ("攀枝花 产业", {"钒钛", "康养"}),
        ("攀枝花 AND 产业", {"钒钛", "康养"}),
        ("攀枝花 与 产业", {"钒钛", "康养"}),
        ("芒果 OR 石墨", {"芒果", "石墨"}),
        ("芒果 或 石墨", {"芒果", "石墨"}),
        ("芒果|石墨", {"芒果", "石墨"}),
        ("攀枝花 NOT 芒果", {"钒钛", "康养"}),
        ("攀枝花 -芒果", {"钒钛", "康养"}),
        ("攀枝花 非 芒果", {"钒钛", "康养"}),
        ("NOT 攀枝花", {"钒", "石墨", "空"}),
        ("NOT (攀枝花 OR 石墨)", {"钒", "空"}),
        ("NOT 攀枝钒钛", set(TEXTS)),
        ("(芒果 OR 石墨) 攀枝花", {"芒果"}),
        ("芒果 OR 石墨 攀枝花", {"芒果"}),  # AND binds closer: 石墨 AND 攀枝花 is nowhere
        ('"攀枝花芒果"', {"芒果"}),
        ('"GDP增长5.2%"', {"芒果"}),
        ("gdp", {"芒果"}),
        ("h2bus", {"芒果"}),
        ("h2", set()),  # words are whole
        ('"open ai"', set()),  # letters of two other words
        ("openai", {"康养"}),
        ("“攀枝花芒果”", {"芒果"}),  # quotes of a Chinese keyboard, however they were toggled
        ("”攀枝花芒果”", {"芒果"}),
        ("＂攀枝花芒果＂", {"芒果"}),
        ("「攀枝花芒果」", {"芒果"}),
        ("『攀枝花芒果』", {"芒果"}),
        ("‘攀枝花芒果’", {"芒果"}),
        ("《攀枝花芒果》", {"芒果"}),
        ("“攀枝花 芒果”", set()),  # a phrase, blank included
        ("“攀枝花 芒果", {"芒果"}),  # nobody closes it
        ("（芒果 OR 石墨）攀枝花", {"芒果"}),
        ("芒果｜石墨", {"芒果", "石墨"}),
        ("攀枝花＆产业", {"钒钛", "康养"}),
        ("攀枝花，产业", {"钒钛", "康养"}),
        ("攀枝花、产业。", {"钒钛", "康养"}),
        ("攀枝花,产业", {"钒钛", "康养"}),
        ("【攀枝花】产业", {"钒钛", "康养"}),
        ('"攀枝花，产业"', set()),  # in quotes signs stay
        ('"攀枝花钒钛，攀西钒钛"', {"钒钛"}),
        ("芒果 or 石墨", {"芒果", "石墨"}),
        ("芒果 ｏｒ　石墨", {"芒果", "石墨"}),
        ("攀枝花 And not 芒果", {"钒钛", "康养"}),
        ('攀枝花 "or" 芒果', set()),  # in quotes it is a word
        ("reopen or aim", set()),  # between English words too
        ("攀枝花 －芒果", {"钒钛", "康养"}),
        ("攀枝花 -“芒果出口”", {"钒钛", "康养"}),
        ("攀枝花 -（芒果 或 石墨）", {"钒钛", "康养"}),
        ("ＧＤＰ增长５．２％", {"芒果"}),
        ("Ｈ２Ｂｕｓ", {"芒果"}),
        ("攀枝\u200b花芒果", {"芒果"}),
        ("(" * 300 + "钒钛" + ")" * 300, {"钒钛"}),
        ("NOT " * 3001 + "攀枝花", {"钒", "石墨", "空"}),
        ("", set(TEXTS)),
        ("……", set()),  # nothing that could be searched for
        ("()", set()),
    ],
)
def test_a_query_finds(library: Engine, query: str, names: set[str]) -> None:
    assert find(library, query) == names


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("2021-2025年", {"一", "二"}),
        ("2021－2025年", {"一", "二"}),
        ("2021—2025年", {"一", "二"}),
        ("《钒钛规划（2021-2025年）》", {"一", "二"}),
        ("《钒钛规划(2021—2025年)》", {"一", "二"}),
        ("规划(2021~2025年)", {"一", "二"}),
        ("规划 -2021-2025", {"三"}),
        ("2021-2026年", set()),
        ("20212025", set()),
        ("钒-钛", {"三"}),  # between words a dash is itself
        ('"钒—钛"', set()),
    ],
)
def test_a_span_is_found_whichever_dash_and_brackets_a_page_has(engine: Engine, query: str, found: set[str]) -> None:
    texts = {"一": "《钒钛规划（2021—2025年）》印发", "二": "钒钛规划(2021-2025年)", "三": "钒-钛规划 2021，2025"}
    with writing(engine).begin() as conn:
        items = [
            outcome(visit(n), article(name, body=body, title=name)) for n, (name, body) in enumerate(texts.items())
        ]
        record_all(conn, items, kept=[None] * len(items))
    with engine.connect() as conn:
        hits = search.search(conn, query).hits
    assert {hit.url for hit in hits} == {url(name) for name in found}
    assert all(any(marks for _, marks in hit.snippet) for hit in hits if "-2021" not in query)
    node = parse(query)
    assert node is not None
    assert {name for name, body in texts.items() if stands(node, body)} == found


@pytest.mark.parametrize(
    "query",
    [
        '"', '""', "'", "\\", ")", "(((", "AND", "OR OR", "NOT", "NOT NOT 钒", "-", "--", "*", "钒*", "^钒", "title:钒",
        "NEAR(钒 钛)", "{a b}:c", "钒'; DROP TABLE article; --", "钒' | 'x", "a & b ! c <-> d", "钒:*", "%", "_", "\0",
        "\ud800", "钒" * 5000, "( " * 500 + "钒", "NOT " * 500 + "钒", "钒 OR " * 500, "😀", "ﷺ", "é à", "\u2028",
    ],
)  # fmt: skip
def test_no_query_is_an_error(library: Engine, query: str) -> None:
    find(library, query)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(alphabet="钒钛攀枝花 \"()|&-ANDORT5.%芒果\\'*:", max_size=30))
def test_any_query_is_answered_alike_by_search_and_condition(library: Engine, query: str) -> None:
    find(library, query)


WORDS = ["钒钛", "攀枝花", "钒", "产业", "芒果出口", "攀枝花的", "不在"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_query_is_what_its_words_say(library: Engine, data: st.DataObject) -> None:
    """Against the plain meaning: a word is found where it stands."""
    tree = st.recursive(
        st.sampled_from(WORDS),
        lambda inner: st.tuples(st.sampled_from(["AND", "OR"]), inner, inner) | st.tuples(st.just("NOT"), inner),
        max_leaves=6,
    )

    def written(node) -> str:
        if isinstance(node, str):
            return node
        return f"(NOT {written(node[1])})" if node[0] == "NOT" else f"({written(node[1])} {node[0]} {written(node[2])})"

    def meant(node, plain: str) -> bool:
        if isinstance(node, str):
            return node in plain
        if node[0] == "NOT":
            return not meant(node[1], plain)
        return (all if node[0] == "AND" else any)(meant(part, plain) for part in node[1:])

    wanted = data.draw(tree)
    assert find(library, written(wanted)) == {name for name, parts in TEXTS.items() if meant(wanted, "\n".join(parts))}


def test_filters_hold_beside_the_query(library: Engine) -> None:
    assert find(library, "攀枝花", where=[table.c.published_at >= NOW + timedelta(days=4)]) == {"康养"}
    assert find(library, "攀枝花", where=[table.c.source == "other"]) == set()
    tagged = table.c.id.in_(select(tag.c.article_id).where(tag.c.kind == "region", tag.c.code == "510400"))
    assert find(library, "石墨", where=[tagged]) == {"石墨"}
    assert find(library, "", where=[table.c.title == "无字"]) == {"空"}


def test_what_stands_in_the_title_comes_first_then_what_stands_often(library: Engine) -> None:
    with library.connect() as conn:
        found = search.search(conn, "攀枝花 OR 钒", limit=2)
        rest = search.search(conn, "攀枝花 OR 钒", limit=3, offset=2)
    in_title, others = ["钒钛", "钒"], ["康养", "芒果", "石墨"]
    assert [hit.url for hit in found.hits + rest.hits] == [url(name) for name in in_title + others]
    assert found.total == 5
    assert found.terms == ("攀枝花", "钒")


def test_equal_hits_are_in_the_order_of_their_dates(library: Engine) -> None:
    with library.connect() as conn:
        assert [hit.url for hit in search.search(conn, "").hits] == [url(name) for name in reversed(TEXTS)]


def test_hits_show_where_the_words_stand(library: Engine) -> None:
    with library.connect() as conn:
        (hit,) = search.search(conn, "釩鈦 gdp", fold=fold).hits or search.search(conn, "釩鈦", fold=fold).hits
        (other,) = search.search(conn, "gdp").hits
    assert ("钒钛", True) in hit.title
    assert hit.snippet == (
        ("钒钛", True),
        ("磁铁矿的综合利用：攀枝花", False),
        ("钒钛", True),
        ("，攀西", False),
        ("钒钛", True),
        ("。", False),
    )
    assert ("GDP", True) in other.snippet


def test_a_snippet_is_short_and_of_the_best_place() -> None:
    body = "开头。" * 200 + "这里有钒钛和钒钛。" + "结尾。" * 200 + "钒钛"
    parts = search.snippet(body, ["钒钛"])
    shown = "".join(part for part, _ in parts)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= search.SNIPPET + 2
    assert [part for part, mark in parts if mark] == ["钒钛", "钒钛"]
    assert search.snippet("短文", []) == (("短文", False),)


def test_marks_are_on_the_letters_of_the_text_itself() -> None:
    assert search.marked("ＡGDP与gdp", ["gdp"]) == (("Ａ", False), ("GDP", True), ("与", False), ("gdp", True))
    assert search.marked("攀枝花花", ["攀枝", "枝花"]) == (("攀枝花", True), ("花", False))


def test_terms_are_pairs_and_words_each_once() -> None:
    terms = ["攀枝", "枝花", "花", "枝", "gdp", "h2", "bus", "é"]
    assert grams("\n攀枝花GDP，攀枝。H2-Bus é") == terms
    assert grams("攀枝花\nGDP") == ["攀枝", "枝花", "花", "gdp", "《攀枝", "《枝花", "《花"]
    assert grams("\n钒钛，钒钛，钒钛矿，钛矿") == ["钒钛", "钛", "钛矿", "矿", "》钒钛"]
    assert grams("") == grams("，。！ \n") == []


@given(text=st.text(alphabet="钒钛攀〇豈𠀀a1é，。 \n_-", max_size=40), data=st.data())
def test_every_stretch_of_a_text_is_found_by_its_terms(text: str, data: st.DataObject) -> None:
    held = set(grams(text))
    for run in RUN.findall(text):
        start = data.draw(st.integers(0, len(run) - 1)) if is_han(run[0]) else 0
        end = data.draw(st.integers(start + 1, len(run))) if is_han(run[0]) else len(run)
        node = parse(f'"{run[start:end]}"')
        assert isinstance(node, Term)
        if node.prefix:
            assert any(term.startswith(node.grams[0]) for term in held)
        else:
            assert set(node.grams) <= held


def test_the_tree_of_a_query() -> None:
    a, b, c = (Term(word, (word,)) for word in ("钒钛", "石墨", "芒果"))
    assert parse("钒钛 石墨 OR NOT 芒果") == Or((And((a, b)), Not(c)))
    assert parse("钒钛 钒钛") == a
    assert parse("   ") is None
    assert positive(parse("钒钛 (石墨 OR 芒果) -上海")) == [a, b, c]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("攀办发［2020］12号", "攀办发〔2020〕12号"),  # the brackets of a document's number
        ("攀办发[2020]12号", "攀办发〔2020〕12号"),
        ("5.2%", "5.2%"),
        ("10:30", "10:30"),
        ("1,000", "1,000"),
        ("h2-bus", "h2-bus"),
        ("买买提·吐尔逊", "买买提·吐尔逊"),
        ("和平", "和平"),
        ("people’s", "people’s"),
        ("C++", "c++"),
        ('"中国“十四五”规划"', "中国“十四五”规划"),
    ],
)
def test_signs_inside_a_word_stay(written: str, meant: str) -> None:
    node = parse(written)
    assert isinstance(node, Term)
    assert node.text == meant


def test_each_way_to_write_a_query_is_the_same_tree() -> None:
    plain = parse('("钒钛" OR 石墨) AND NOT 芒果')
    for written in ("（“钒钛” 或者 石墨） 并且 非 芒果", "（《钒钛》｜石墨），-芒果", "(钒钛 or 石墨) and not 芒果"):
        assert parse(written) == plain


MANY = [chr(0x4E00 + number) * 2 for number in range(301)]


def test_what_would_not_be_looked_for_is_told_shortly() -> None:
    assert problem("") is problem("钒钛") is problem("NOT 钒") is None
    assert problem("(" * 300 + "钒" + ")" * 300) is problem("NOT " * 3001 + "钒") is None
    assert "no character" in (problem("……") or "")
    assert "holds 301 words; at most 256" in (problem(" ".join(MANY)) or "")
    assert "more than 32 deep" in (problem("(钒 OR " * 40 + "钛" + ")" * 40) or "")
    assert len(problem("…" * 10_000) or "") < 150


@pytest.mark.parametrize("operator", [" ", " OR ", " -"])
def test_as_many_words_as_may_be_are_looked_for(library: Engine, operator: str) -> None:
    for last, found in (("芒果", {"芒果"}), ("不在", set())):
        names = find(library, operator.join([*MANY[:255], last]))
        assert names == (found if operator == " OR " else set())


def test_a_hostile_query_is_read_in_time_that_grows_with_its_length() -> None:
    for piece in ("(", '"', "NOT ", "钒 OR ", "-", ")(", "a&", "“", "“a", "「", "《”", "and ", "-(", "[1234]"):
        assert parse(piece * 100_000) is not False


def test_the_index_keeps_nothing_of_an_earlier_text(library: Engine) -> None:
    with writing(library).begin() as conn:
        record_all(conn, [outcome(visit(1), article("芒果", title="换了", body="全新的话"))], kept=[None])
    assert find(library, "芒果") == set()
    assert find(library, "全新") == {"芒果"}


def test_looking_ends_and_says_so(library: Engine) -> None:
    with library.connect() as conn:
        told = [
            (found.total, found.more)
            for found in (search.search(conn, query, limit=1, most=2) for query in ("产业", "钒产业", "不在这里"))
        ]
    assert told == [(2, True), (1, False), (0, False)]


def test_the_best_are_found_however_many_came_in_later(engine: Engine) -> None:
    texts = [
        ("钒钛与石墨", "题"),
        ("钒钛", "题"),
        ("旧闻", "钒钛，钒钛，又是钒钛"),
        *[("新闻", "石墨，也说到钒钛")] * 20,
    ]
    with writing(engine).begin() as conn:
        items = [
            outcome(visit(number), article(number, title=title, body=f"{body}（{number}）"))
            for number, (title, body) in enumerate(texts)
        ]
        record_all(conn, items, kept=[None] * len(items))
    with engine.connect() as conn:
        one = search.look(conn, "钒钛", most=5)
        two = search.look(conn, "石墨 钒钛", most=5)
        late = search.look(conn, "钒钛", most=5, best_first=False)
    assert set(one.ids[:2]) == {1, 2}
    assert one.ids[2] == 3
    assert one.more
    assert two.ids[0] == 1
    assert set(late.ids) == set(range(19, 24))


def test_words_without_a_letter_find_nothing_and_say_so(library: Engine) -> None:
    with library.connect() as conn:
        assert not search.search(conn, "…… ()").searchable
        assert search.search(conn, "").searchable
        assert search.search(conn, "NOT 钒").searchable


def test_a_rebuilt_index_answers_as_before(library: Engine) -> None:
    with writing(library).begin() as conn:
        rows = conn.execute(select(table.c.id, table.c.title, table.c.body)).all()
        search.rebuild(conn, [(row.id, index_terms(row.title, row.body)) for row in rows])
        assert search.holds(conn, [(row.id, index_terms(row.title, "")) for row in rows]) == {row.id for row in rows}
        assert search.holds(conn, [(999, "钒钛")]) == set()
    assert find(library, "钒钛") == {"钒钛"}


def test_the_index_itself_is_whole_after_many_changes(sqlite_engine: Engine) -> None:
    for turn in range(20):
        with writing(sqlite_engine).begin() as conn:
            items = [outcome(visit(n), article(n, body=f"第{turn}次的文字{n * turn}")) for n in range(5)]
            record_all(conn, items, kept=[None] * 5)
    with sqlite_engine.connect() as conn:
        # FTS5 counts a wrong 'delete' as corruption sooner or later; a term of no text must find nothing.
        assert search.search(conn, "第3次的文字").total == 0
        assert search.search(conn, "第19次的文字").total == 5
        assert (
            conn.execute(text("SELECT count(*) FROM article_search WHERE article_search MATCH '\"17\"'")).scalar_one()
            == 0
        )
        assert conn.execute(select(func.count()).select_from(table)).scalar_one() == 5
