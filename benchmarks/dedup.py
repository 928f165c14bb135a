"""Near-duplicates: how many are found, how many wrongly, at what cost, in an archive that grows.

    python -m benchmarks.dedup --articles 10000 [--database URL] [--peers]
    python -m benchmarks.dedup --pairs FILE

``--articles`` fills an archive (a SQLite file of its own, or the empty database named) with made articles, a few
hundred a day: of a hundred, eighty-five are news of their own, eight are reprints of one of the days before, changed in
one way each, and seven are notices on a template of which many came that day. Text is put together from the sentences
of ``../shared/corpus`` where that is, else from made words. ``--peers`` adds datasketch's LSH in memory on the same
articles. The last line is one JSON object: articles, recall (by kind and over all), precision of the pairs that were
joined, milliseconds an article for lookup, judgement and insert, memory and bytes.

``--pairs`` judges labelled pairs (JSON lines: ``a`` and ``b`` with title, published_at, body; ``same``).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from opencc import OpenCC
from sqlalchemy import Connection, Engine, text

from crawler.items import SHANGHAI, Article, Story
from pipelines.clean import clean_text
from pipelines.dedupe import fingerprint, same_story
from pipelines.text.dates import parse_date
from storage.clusters import join
from storage.db import open_engine, upgrade, writing
from storage.rows import article_row
from storage.types import micros

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "xwlb-sample.jsonl.gz"
DAY_ONE = datetime(2015, 1, 1, 8, 0, tzinfo=SHANGHAI)
PER_DAY = 250
BATCH = 1_000
PEER_LIMIT = 100_000
"""Articles that datasketch's index is tried with at most: 1 GB."""


# --- text -------------------------------------------------------------------------------------------------


@lru_cache(1)
def sentences() -> list[str]:
    """Real sentences of news, or made ones where the corpus is absent."""
    if not CORPUS.exists():
        print(f"no {CORPUS}: text of made words", file=sys.stderr)
        return made_sentences()
    found: set[str] = set()
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        for line in lines:
            body = json.loads(line)["body"]
            found.update(part for part in re.split(r"(?<=[。！？])|\s+", body) if 12 <= len(part) <= 120)
    return sorted(found)


def made_sentences() -> list[str]:
    """Sentences of two-character words that are used as unevenly as words are."""
    random = Random(1)
    han = [chr(code) for code in range(0x4E00, 0x9000, 7)]
    vocabulary = [random.choice(han) + random.choice(han) for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(vocabulary))]
    return ["".join(random.choices(vocabulary, weights, k=random.randint(6, 20))) + "。" for _ in range(200_000)]


def figures_anew(sentence: str, random: Random) -> str:
    """The same words with other numbers, so that no two articles share whole passages by chance alone."""
    return re.sub(r"\d+", lambda found: str(random.randint(1, 10 ** len(found[0]))), sentence)


def original(number: int) -> tuple[str, str]:
    """Title and body of a piece of news of its own."""
    random = Random(f"news {number}")
    pool = sentences()
    chosen = [figures_anew(random.choice(pool), random) for _ in range(random.randint(6, 16))]
    breaks = "".join(part + ("\n" if random.random() < 0.3 else "") for part in chosen)
    return re.split(r"[，。！？；：、]", chosen[0])[0][:30], breaks.strip()


def head_and_foot(title: str, body: str, random: Random) -> tuple[str, str]:
    head = f"本报讯（记者 {surname(random)}{surname(random)}）"
    foot = (
        f"\n（来源：{random.choice(PAPERS)}）\n责任编辑：{surname(random)}{surname(random)}\n更多内容请关注本网客户端。"
    )
    return title, head + body + foot


def cut(title: str, body: str, random: Random) -> tuple[str, str]:
    size = int(len(body) * random.uniform(0.05, 0.2))
    start = random.randrange(len(body) - size)
    return title, body[:start] + body[start + size :]


def inserted(title: str, body: str, random: Random) -> tuple[str, str]:
    size = int(len(body) * random.uniform(0.05, 0.2))
    strange = "".join(random.choice(sentences()) for _ in range(8))[:size]
    start = random.randrange(len(body))
    return title, body[:start] + strange + body[start:]


def edited(share: float) -> Callable[[str, str, Random], tuple[str, str]]:
    def edit(title: str, body: str, random: Random) -> tuple[str, str]:
        pool = random.choice(sentences()) + random.choice(sentences())
        found = []
        for character in body:
            place = random.random() / share
            if place >= 1:
                found.append(character)
            elif place < 1 / 3:
                found.append(random.choice(pool))
            elif place < 2 / 3:
                found += [character, random.choice(pool)]
        return title, "".join(found)

    return edit


def other_script(title: str, body: str, _random: Random) -> tuple[str, str]:
    """In traditional characters, as the crawl meets it and cleans it."""
    return clean_text(to_traditional().convert(title)), clean_text(to_traditional().convert(body))


@lru_cache(1)
def to_traditional() -> OpenCC:
    return OpenCC("s2t")


KINDS: dict[str, Callable[[str, str, Random], tuple[str, str]]] = {
    "head and foot": head_and_foot,
    "cut up to 20%": cut,
    "inserted up to 20%": inserted,
    "2% of characters": edited(0.02),
    "5% of characters": edited(0.05),
    "script": other_script,
}
PAPERS = ("攀枝花日报", "四川日报", "川观新闻", "经济日报", "中国产业经济信息网")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
PLACES = ("东区", "西区", "仁和区", "米易县", "盐边县", "攀莲镇", "格里坪镇", "红格镇", "银江镇", "桐子林镇")


def surname(random: Random) -> str:
    return random.choice(SURNAMES)


def notice(number: int) -> tuple[str, str]:
    """A notice on one of a few templates: like the others of its day in all but number, date, name and place."""
    random = Random(f"notice {number}")
    place, year = random.choice(PLACES), random.randint(2015, 2026)
    month, day, serial = random.randint(1, 12), random.randint(1, 28), random.randint(1, 400)
    name = surname(random) + surname(random) + surname(random)
    price, area = random.randint(100, 9000), random.randint(1000, 90000)
    return (
        (
            f"国有建设用地使用权拍卖出让公告（{year}年第{serial}号）",
            (
                f"经人民政府批准，我局决定以拍卖方式出让{place}1宗国有建设用地使用权，宗地面积{area}平方米，起始价{price}万元。"
                f"竞买人可于{year}年{month}月{day}日前到公共资源交易中心获取拍卖出让文件，交纳竞买保证金的截止时间为当日17时。"
                "本次拍卖出让按照价高者得的原则确定竞得人，其他事项详见拍卖出让文件。"
            ),
        ),
        (
            f"关于{place}停水的通知",
            (
                f"因供水管网改造施工需要，定于{month}月{day}日8时至18时对{place}部分区域停止供水。请受影响的用户提前做好储水准备，"
                "由此带来的不便敬请谅解。供水恢复初期水质可能浑浊，请放水数分钟后使用。"
            ),
        ),
        (
            f"关于{name}同志任职前公示的公告",
            (
                f"为扩大干部工作中的民主，现将{name}同志任职前有关情况予以公示，公示期为{month}月{day}日起5个工作日。"
                f"{name}，拟任{place}有关部门领导职务。如有意见和情况反映，请通过来信、来电、来访等方式向组织部门反映。"
            ),
        ),
        (
            "政府采购项目中标公告",
            (
                f"一、项目编号：{serial}-{area}。二、项目名称：{place}设备采购项目。三、中标供应商：{name}科技有限公司，中标金额{price}万元。"
                f"四、评审日期：{month}月{day}日。五、公告期限：自本公告发布之日起1个工作日。六、其他补充事宜：无。"
            ),
        ),
        (
            f"{place}空气质量日报",
            (
                f"{month}月{day}日，{place}空气质量指数为{serial}，首要污染物为细颗粒物，浓度为每立方米{price % 300}微克。"
                "预计未来两天扩散条件较好，空气质量以良为主。请公众关注空气质量变化，合理安排户外活动。"
            ),
        ),
    )[random.randrange(5)]


# --- the set ----------------------------------------------------------------------------------------------


def article(number: int) -> tuple[Article, str | None, str]:
    """Article ``number``, how it was changed (None: it is of its own), and the name of its story."""
    random = Random(f"article {number}")
    place, hours = number % 100, random.uniform(0, 12)
    kind = None
    if place < 85 or number < 1_000:
        story = f"n{number}"
        title, body = original(number)
    elif place < 93:
        kind = random.choice(list(KINDS))
        first = number - random.randint(100, 2 * PER_DAY)
        first -= max(0, first % 100 - 84)
        story = f"n{first}"
        title, body = KINDS[kind](*original(first), random)
    else:
        story = f"t{number}"
        title, body = notice(number)
    made = Article(
        url=f"http://{'www' if kind is None else 'reprint'}.example/{number}.html",
        source=None,
        title=title,
        title_original=title,
        body=body,
        body_original=body,
        script="simplified",
        content_sha256=sha256(f"{title}\n{body}".encode()).hexdigest(),
        published_at=DAY_ONE + timedelta(days=number // PER_DAY, hours=hours),
        date_precision="minute",
    )
    return made, kind, story


def fill(engine: Engine, count: int) -> Iterator[tuple[int, float, float]]:
    """Record the articles; yields after each batch how many there are and its CPU and wall seconds in ``join``."""
    with engine.connect() as conn:
        name = conn.dialect.name
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        rows, made = [], []
        for number in numbers:
            item = fingerprint(article(number)[0])
            made.append((number + 1, item))
            seen = micros(item.published_at or DAY_ONE)
            rows.append(
                article_row(item)
                | {"id": number + 1, "revision": 1}
                | dict.fromkeys(("first_seen_at", "last_seen_at", "revised_at", "changed_at"), seen)
            )
        with writing(engine).begin() as conn:
            conn.execute(insert_of(tuple(rows[0])), rows)
            cpu, wall = time.process_time(), time.perf_counter()
            for number, item in made:
                join(conn, number, item, same=same_story, now=item.published_at or DAY_ONE)
        yield numbers[-1] + 1, time.process_time() - cpu, time.perf_counter() - wall
    if name == "sqlite":
        with engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@lru_cache(2)
def insert_of(columns: tuple[str, ...]) -> Any:
    names = ", ".join(f'"{name}"' for name in columns)
    return text(f"INSERT INTO article ({names}) VALUES ({', '.join(f':{name}' for name in columns)})")


def table_bytes(conn: Connection) -> int:
    """Bytes of what near-duplicates need beside the articles; 0 where the database does not tell."""
    if conn.dialect.name == "postgresql":
        sizes = (f"pg_total_relation_size('{name}')" for name in ("band", "kinship", "cluster"))
        return int(conn.execute(text(f"SELECT {' + '.join(sizes)}")).scalar_one())
    try:
        tables = "'band', 'kinship', 'cluster', 'ix_kinship_other_id', 'ix_cluster_canonical_article_id'"
        return int(conn.execute(text(f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({tables})")).scalar_one())
    except Exception as error:  # noqa: BLE001 - a figure less
        print(f"no dbstat: {error}", file=sys.stderr)
        return 0


def quality(count: int, clusters: dict[int, int], joined: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Recall by kind, and the precision of the pairs that were joined."""
    found: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    for number in range(count):
        if number % 100 < 85 or number < 1_000 or number % 100 >= 93:
            continue
        _, kind, story = article(number)
        assert kind is not None
        planted[kind] += 1
        first = int(story[1:])
        found[kind] += clusters.get(number + 1) is not None and clusters.get(number + 1) == clusters.get(first + 1)
    right = sum(article(one - 1)[2] == article(other - 1)[2] for one, other in joined)
    return {
        "recall": round(found.total() / planted.total(), 4) if planted else None,
        "recall_by_kind": {kind: round(found[kind] / planted[kind], 4) for kind in KINDS if planted[kind]},
        "precision": round(right / len(joined), 4) if joined else None,
        "false_pairs": len(joined) - right,
    }


def run(url: str, count: int) -> dict[str, Any]:
    engine = open_engine(url)
    upgrade(engine)
    sentences()
    costs: list[tuple[int, float, float]] = []
    early_mb = 0.0
    for done, cpu, wall in fill(engine, count):
        costs.append((done, cpu, wall))
        if done == min(10_000, count):
            early_mb = own_mb()
        if done % 50_000 == 0:
            print(f"{done} articles, {cpu:.3f} ms CPU, {wall:.3f} ms an article", file=sys.stderr)
    filled_mb, filled_own_mb = memory_mb(), own_mb()
    last = costs[-max(1, len(costs) // 10) :]
    first = [cost for cost in costs if 5_000 <= cost[0] <= 10_000]
    with engine.connect() as conn:
        clusters = {row[0]: row[1] for row in conn.execute(text("SELECT id, cluster_id FROM article"))}
        joined = [(row[0], row[1]) for row in conn.execute(text("SELECT article_id, other_id FROM kinship"))]
        size = table_bytes(conn)
    engine.dispose()
    place = 2 if url.startswith("postgresql") else 1  # the server's CPU time is not ours: there the clock counts
    ms = sum(cost[place] for cost in last) / (len(last) * BATCH) * 1e3
    early = sum(cost[place] for cost in first) / (len(first) * BATCH) * 1e3 if first else None
    return {
        "articles": count,
        **quality(count, clusters, joined),
        "ms_per_article": round(ms, 3),
        "ms_wall": round(sum(cost[2] for cost in last) / (len(last) * BATCH) * 1e3, 3),
        "ms_at_10000": early and round(early, 3),
        "growth": early and round(ms / early, 2),
        "own_mb_at_10000": round(early_mb, 1),
        "own_mb": round(filled_own_mb, 1),
        "peak_mb": round(filled_mb, 1),
        "bytes_per_article": round(size / count, 1),
    }


def memory_mb() -> float:
    """Most that was resident so far; SQLite's map of its file (256 MB at most) counts in it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def own_mb() -> float:
    """What is resident now and not a file's; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    found = re.search(r"RssAnon:\s*(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


# --- peers ------------------------------------------------------------------------------------------------


def datasketch(count: int) -> dict[str, Any]:
    """datasketch's MinHashLSH in memory on the same articles, with the same shingles and no other knowledge."""
    from datasketch import MinHash, MinHashLSH

    sentences()
    before = memory_mb()
    index = MinHashLSH(threshold=0.5, num_perm=128)
    found: Counter[bool] = Counter()
    planted = right = 0
    spent = 0.0
    stories: list[str] = []
    for number in range(count):
        item, kind, story = article(number)
        stories.append(story)
        cpu = time.process_time()
        made = MinHash(num_perm=128)
        made.update_batch({item.body[i : i + 3].encode() for i in range(max(1, len(item.body) - 2))})
        near = [int(key) for key in index.query(made)]
        index.insert(str(number), made)
        spent += time.process_time() - cpu
        found.update(stories[other] == story for other in near)
        planted += kind is not None
        right += kind is not None and any(stories[other] == story for other in near)
    return {
        "articles": count,
        "recall": round(right / planted, 4) if planted else None,
        "precision": round(found[True] / found.total(), 4) if found else None,
        "ms_per_article": round(spent / count * 1e3, 3),
        "index_mb": round(memory_mb() - before, 1),
    }


# --- pairs ------------------------------------------------------------------------------------------------


def published(written: str | None) -> datetime | None:
    """The moment of a label, in ISO 8601 or as a page writes it; a day alone is its midnight in China."""
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        found = parse_date(written)
        return None if found is None else found[0]
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def told(side: dict[str, Any], url: str) -> Story:
    """One side of a labelled pair."""
    moment = published(side.get("published_at"))
    return Story(
        url=side.get("url") or url,
        title=clean_text(side.get("title") or ""),
        body=clean_text(side.get("body") or ""),
        published_at=moment,
        origin=side.get("origin"),
        reprinted_from=side.get("reprinted_from"),
    )


def judge(path: Path) -> dict[str, Any]:
    """Recall and false merges over the labelled pairs of a file; the wrong ones are named on standard error."""
    verdicts: Counter[tuple[bool, bool]] = Counter()
    with path.open(encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines if line.strip()]
    cpu = time.process_time()
    for place, pair in enumerate(pairs, 1):
        kin = same_story(told(pair["a"], "a:"), told(pair["b"], "b:"))
        verdict = bool(pair["same"]), kin is not None
        verdicts[verdict] += 1
        if verdict[0] != verdict[1]:
            said = "merged" if kin else "missed"
            print(f"line {place} {said}: {pair['a'].get('title')} | {pair['b'].get('title')}", file=sys.stderr)
    cpu = time.process_time() - cpu
    same, different = (sum(verdicts[label, said] for said in (True, False)) for label in (True, False))
    return {
        "pairs": len(pairs),
        "same": same,
        "different": different,
        "recall": round(verdicts[True, True] / same, 4) if same else None,
        "false_merges": verdicts[False, True],
        "ms_per_pair": round(cpu / len(pairs) * 1e3, 3) if pairs else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Near-duplicates: found, wrongly found, and at what cost.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--articles", type=int, help="how many to fill an archive with")
    what.add_argument("--pairs", type=Path, help="a file of labelled pairs, JSON lines")
    parser.add_argument("--database", help="URL of an empty database instead of a SQLite file of its own")
    parser.add_argument("--peers", action="store_true", help="datasketch on the same articles")
    options = parser.parse_args()
    if options.pairs:
        print(json.dumps(judge(options.pairs), ensure_ascii=False))
        return
    with tempfile.TemporaryDirectory() as folder:
        result = run(options.database or f"sqlite:///{folder}/archive.db", options.articles)
    if options.peers:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            result["datasketch"] = pool.submit(datasketch, min(options.articles, PEER_LIMIT)).result()
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
