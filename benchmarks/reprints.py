"""Articles of which some are reprints, for the benchmark of near-duplicates: any number, the same for the same number.

Some hundreds a day: of a hundred, eighty-five are news of their own, eight are reprints of one of the days before,
changed in one way each, and seven are notices on a template of which many came that day. Text is put together from the
sentences of ``../shared/corpus`` where that is, else from made words.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from random import Random

from crawler.items import SHANGHAI, Article
from pipelines.text.script import to_simplified, to_traditional

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "xwlb-sample.jsonl.gz"
DAY_ONE = datetime(2015, 1, 1, 8, 0, tzinfo=SHANGHAI)
PER_DAY = 250
FIRST_REPRINT = 1_000
"""Articles before it are all news of their own."""
OWN, NOTICES = 85, 93
"""Of each hundred, where the reprints begin and where the notices."""


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
    """In traditional characters, and back as the crawl brings it."""
    return to_simplified(to_traditional(title)), to_simplified(to_traditional(body))


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
    place, day, month = PLACES[number % 10], 1 + number // 10 % 28, 1 + number // 280 % 12  # no two alike for weeks
    year, serial = random.randint(2015, 2026), random.randint(1, 400)
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


@dataclass(frozen=True, slots=True)
class Plan:
    """What article ``number`` is made from."""

    number: int
    kind: str | None
    """How it was changed; None: it is of its own."""
    first: int | None
    """The article it reprints."""

    @property
    def story(self) -> int:
        """The number of the story's first article."""
        return self.number if self.first is None else self.first


def plan(number: int) -> Plan:
    """What article ``number`` is, without making it."""
    if number < FIRST_REPRINT or not OWN <= number % 100 < NOTICES:
        return Plan(number, None, None)
    random = Random(f"reprint {number}")
    first = number - random.randint(100, 2 * PER_DAY)
    return Plan(number, random.choice(list(KINDS)), first - max(0, first % 100 - OWN + 1))


def article(number: int) -> Article:
    """Article ``number``."""
    planned = plan(number)
    random = Random(f"article {number}")
    if planned.kind is not None:
        title, body = KINDS[planned.kind](*original(planned.story), random)
    elif number % 100 >= NOTICES and number >= FIRST_REPRINT:
        title, body = notice(number)
    else:
        title, body = original(number)
    return Article(
        url=f"http://{'www' if planned.kind is None else 'reprint'}.example/{number}.html",
        source=None,
        title=title,
        title_original=title,
        body=body,
        body_original=body,
        script="simplified",
        content_sha256=sha256(f"{title}\n{body}".encode()).hexdigest(),
        published_at=DAY_ONE + timedelta(days=number // PER_DAY, hours=random.uniform(0, 12)),
        date_precision="minute",
    )
