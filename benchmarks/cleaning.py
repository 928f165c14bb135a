"""How much of a text comes back to the letter after the mirrors have had it, and at what cost?

    python -m benchmarks.cleaning [--file F …] [--examples N]

Clean simplified text (generated here; with --file, the given files instead) is garbled as the mirrors do, once on
characters and once on GBK bytes, at several shares and in several styles, then restored page by page. Lines that hold
dirt of their own (restoring changes them as they are) are left out and counted. The last line is one JSON object:

restored, restored_bytes  share of lines that come back to the letter
restored_spliced          the same of the lines that have a splice
digit_gone                share of the lines with a splice that the mirror left without one of their digits: no
                          cleaning can bring them back
plain, plain_bytes        what stripping bracketed latin and OpenCC alone bring back
silent                    lines that came back wrong without a mark of damage
glosses_lost              glosses of an author that are gone, over all runs
han_invented              Han characters outside marked spans that are neither in the clean line nor in the garbled
time_ratio                CPU time of restoring over OpenCC's t2s on the same garbled text, on characters
time_ratio_bytes          the same on bytes; both in the seed's style
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import opencc

from pipelines.text import damage, mirror
from pipelines.text.restore import restore

PAGE = 20
"""Lines that are restored together."""
SHARES = (0.2, 0.35, 0.5, 0.75, 1.0)
STYLES = {
    "seed": mirror.SEED,
    "toneless": replace(mirror.SEED, tones=False),
    "script g, v": replace(mirror.SEED, latin_g=False, umlaut="v"),
    "space inside": replace(mirror.SEED, space="\u00a0"),
    "full-width brackets": replace(mirror.SEED, brackets=("（", "）")),
}
GLOSS = re.compile(r"[\u4e00-\u9fff\U00020000-\U000323af][(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,6}[)）]")
PLAIN = re.compile(r"[(（]\s?[a-zɡāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹ]{1,6}\s?[)）]")


# --- text of our own ---------------------------------------------------------------------------------------

PLACES = "攀枝花市 东区 西区 仁和区 米易县 盐边县 凉山彝族自治州 四川省 成渝地区 攀西地区 钒钛高新区 安宁河谷 金沙江沿岸 雅砻江流域 格里坪镇 当地 南亚东南亚 长江经济带 重庆市 贵阳市 乌蒙山区 阿坝州 石棉县".split()
BODIES = "市委、市政府 市发展改革委 市经济和信息化局 省自然资源厅 国家统计局 市生态环境局 市农业农村局 市科学技术局 海关总署 县人民政府办公室 钒钛产业联盟 攀钢集团 市人大常委会 市场监督管理局 审计署驻成都特派办 中国钢铁工业协会 课题组".split()
GOODS = "钒钛 石墨 芒果 铁矿石 光伏组件 动力电池 钛白粉 海绵钛 五氧化二钒 绿色氢能 早春蔬菜 桑蚕茧 冷轧薄板 储能装备 新能源汽车 机械零部件 特色水果 康养旅游 稀土材料 玄武岩纤维 轨道交通装备 煤炭 水电 农产品 医疗器械 乳制品 鲜花 纺织服装 集成电路 通信设备".split()
DEEDS = "加快转型升级 优化营商环境 推进产业集聚 打造千亿级集群 深化国有企业改革 完善基础设施 扩大对外开放 提升创新能力 保障要素供给 压减过剩产能 促进乡村振兴 健全监管体系 落实减税降费 实施重大项目 引进龙头企业 培育专精特新企业 构建现代化产业体系 开展安全生产大检查 治理历史遗留问题 严厉打击环境违法行为 发布统计监测报告 召开专题新闻发布会 举办招商引资推介会 组织专家评审验收 联合开发关键技术 建设综合交通枢纽 丰富文化产品供应 解决群众急难愁盼问题 缓解中小微企业融资难融资贵".split()
GLOSSED = (
    "亳(bó)州市",
    "乐(yuè)清市",
    "甪(lù)直镇",
    "郫(pí)都区",
    "张璠(fán)村",
    "犍为(qián wéi)县",
    "六(lù)安市",
    "垚(yáo)鑫(xīn)园区",
)
WHEN = "近日 日前 今年以来 2020年 今年前三季度 “十四五”期间 当天上午 截至目前 下一步 去年同期 在当地时间15日 过去5年 到2030年 从去年起".split()
PATTERNS = (
    "{when}，{body}在{place}{deed}，{goods}、{goods}等产业实现较快增长。",
    "{body}负责人表示，将进一步{deed}、{deed}，为{place}经济社会发展提供坚实支撑。",
    "记者从{body}获悉，{when}{place}{goods}产量达{n}万吨，同比增长{n}.{d}%，产值突破{n}亿元。",
    "《关于{deed}的实施意见》（以下简称《实施意见》）明确，{place}要{deed}，力争{goods}产值占规模以上工业总产值的{n}%以上。",
    "围绕“{deed}”，{place}{deed}，{body}牵头{deed}，各有关部门协同配合。",
    "“我们这里的{goods}不愁卖。”{place}的种植户说，{when}他家的收入比往年多了{n}%。",
    "据介绍，该项目位于{place}，总投资{n}亿元，占地{n}亩，主要从事{goods}的研发、生产和销售，可带动就业{n}人。",
    "会议强调，要坚持问题导向、目标导向、结果导向，{deed}，{deed}，确保各项任务落到实处。",
    "业内专家认为，{goods}市场供需两旺，价格有望保持稳定，但仍须警惕国际贸易摩擦带来的风险。",
    "{body}还与{place}签订了战略合作协议，双方将在{goods}、{goods}、{goods}等领域开展深度合作；同时{deed}。",
    "在{place}的{goods}加工车间，工人们正加紧赶制订单，机器的轰鸣声、传送带的运转声此起彼伏。",
    "{when}，随着一列满载{goods}的班列缓缓驶出，{place}与东盟国家之间的贸易通道正式打通！",
    "这既是{deed}的现实需要，也是{deed}的必然选择，关系到{place}{n}万群众的切身利益。",
    "统计显示，{when}{place}规模以上{goods}企业实现营业收入{n}.{d}亿元，利润总额{n}亿元，从业人员{n}余人。",
    "针对{goods}行业存在的“小、散、乱”问题，{body}要求{place}限期整改，逾期未完成的一律依法关停。",
    "{body}提出，{deed}要做到什么程度？关键看企业满不满意、群众认不认可。",
)


def corpus(characters: int = 100_000, seed: int = 7) -> list[str]:
    """Lines of news as it might be, of about so many characters: 100,000 of them are 280 KB of UTF-8."""
    drawn = random.Random(seed)
    lines: list[str] = []
    size = 0
    slots = {"place": PLACES, "body": BODIES, "goods": GOODS, "deed": DEEDS, "when": WHEN}

    def fill(found: re.Match[str]) -> str:
        if found[1] == "place" and drawn.random() < 0.03:
            return drawn.choice(GLOSSED)
        if found[1] in slots:
            return drawn.choice(slots[found[1]])
        return str(drawn.randint(1, 9) if found[1] == "d" else drawn.randint(2, 980))

    while size < characters:
        lines.append("".join(re.sub(r"\{(\w+)\}", fill, drawn.choice(PATTERNS)) for _ in range(drawn.randint(1, 3))))
        size += len(lines[-1])
    return lines


# --- the mirrors' work and ours ----------------------------------------------------------------------------


def soil(line: str, drawn: random.Random) -> str:
    """What templates of mirrors add: indents of NBSP, spaces that are none, icons of a font at the edges."""
    kind = drawn.randrange(8)
    if kind == 0:
        return "\u00a0\u00a0\u3000" + line
    if kind == 1:
        return f"\ue602 {line}\ue60f"
    return line.replace(" ", "\u00a0") if kind == 2 else line


def pages(lines: list[str]) -> Iterator[str]:
    for start in range(0, len(lines), PAGE):
        yield "\n".join(lines[start : start + PAGE])


def by_page(lines: list[str], work: Callable[[str], str]) -> list[str]:
    return [line for page in pages(lines) for line in work(page).split("\n")]


def cpu(work: Callable[[], object], repeats: int = 3) -> float:
    """The least CPU time of some runs, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def digits(text: str) -> Counter[str]:
    return Counter(c for c in text if "0" <= c <= "9")


def han(text: str) -> Counter[str]:
    return Counter(c for c in text if "\u3400" <= c <= "\u9fff")


def print_run(share: float, style: str, bytewise: bool, run: Counter[str]) -> None:
    print(
        f"{share:4.0%} {style:20} {'bytes' if bytewise else 'chars'}: "
        f"restored {run['right'] / run['lines']:.4f}, plain {run['plain'] / run['lines']:.4f}, "
        f"with a splice {run['spliced'] / run['lines']:.3f}, "
        f"of these restored {run['spliced_right'] / max(1, run['spliced']):.4f}"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--file", type=Path, action="append", default=[], help="clean simplified UTF-8 text")
    arguments.add_argument("--examples", type=int, default=0, help="print so many lines that did not come back")
    options = arguments.parse_args()
    given = [line for path in options.file for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in given or corpus() if line.strip()]
    clean = [line for line in lines if restore(line) == line]
    print(f"{len(clean)} clean lines of {len(lines)}, {sum(map(len, clean))} characters")

    t2s = opencc.OpenCC("t2s")
    drawn = random.Random(11)
    total: Counter[str] = Counter()
    ours = {False: 0.0, True: 0.0}
    theirs = {False: 0.0, True: 0.0}
    shown = 0
    for number, (share, (name, style)) in enumerate((s, t) for s in SHARES for t in STYLES.items()):
        text = "\n".join(clean)
        on_characters = mirror.garble(text, share=share, style=style, seed=number).split("\n")
        for bytewise in (False, True):
            # full-width brackets are bytes of their own kind: mirrors that work on bytes use ASCII ones
            if bytewise and name == "full-width brackets":
                continue
            garbled = mirror.garble(text, share=share, style=style, seed=number, bytewise=bytewise).split("\n")
            spliced = [a != b for a, b in zip(garbled, on_characters, strict=True)]
            soiled = [soil(line, drawn) for line in garbled]
            back = by_page(soiled, restore)
            plain = t2s.convert(PLAIN.sub("", "\n".join(garbled))).split("\n")
            run: Counter[str] = Counter()
            for old, bad, new, simple, splice in zip(clean, garbled, back, plain, spliced, strict=True):
                right = new == old
                run.update(lines=1, right=right, plain=simple == old, spliced=splice, spliced_right=splice and right)
                run["digit_gone"] += splice and bool(digits(old) - digits(bad))
                run["glosses_lost"] += sum((Counter(GLOSS.findall(old)) - Counter(GLOSS.findall(new))).values())
                if right:
                    continue
                known = han(old) + han(t2s.convert(bad)) + han(bad)
                spans = damage.find(new)
                sound = [c for i, c in enumerate(new) if not any(span.start <= i < span.end for span in spans)]
                run["han_invented"] += sum((han("".join(sound)) - known).values())
                run["silent"] += not spans
                if shown < options.examples:
                    shown += 1
                    at = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
                    print(f"  {old[max(0, at - 8) : at + 24]!r} came back as {new[max(0, at - 8) : at + 24]!r}")
            key = "_bytes" if bytewise else ""
            total.update({f"{field}{key}": count for field, count in run.items()})
            if style is not mirror.SEED:
                print_run(share, name, bytewise, run)
                continue
            parts = list(pages(garbled))
            ours[bytewise] += cpu(lambda parts=parts: [restore(part) for part in parts])  # type: ignore[misc]
            theirs[bytewise] += cpu(lambda parts=parts: [t2s.convert(part) for part in parts])  # type: ignore[misc]
            print_run(share, name, bytewise, run)
    print(
        json.dumps(
            {
                "lines": total["lines"] + total["lines_bytes"],
                "skipped": len(lines) - len(clean),
                "restored": round(total["right"] / total["lines"], 5),
                "restored_bytes": round(total["right_bytes"] / total["lines_bytes"], 5),
                "restored_spliced": round(total["spliced_right_bytes"] / max(1, total["spliced_bytes"]), 5),
                "digit_gone": round(total["digit_gone_bytes"] / max(1, total["spliced_bytes"]), 5),
                "plain": round(total["plain"] / total["lines"], 4),
                "plain_bytes": round(total["plain_bytes"] / total["lines_bytes"], 4),
                "silent": total["silent"] + total["silent_bytes"],
                "glosses_lost": total["glosses_lost"] + total["glosses_lost_bytes"],
                "han_invented": total["han_invented"] + total["han_invented_bytes"],
                "time_ratio": round(ours[False] / theirs[False], 2),
                "time_ratio_bytes": round(ours[True] / theirs[True], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
