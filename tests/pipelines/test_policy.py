from __future__ import annotations

import csv
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.policy import cases, judge
from crawler.items import Article, Attachment, OfficialTable, Policy
from pipelines.policy import detect, detect_text, issuer_key, standard, title_key
from pipelines.policy.codes import issuer_of
from pipelines.policy.dates import comments_until, effective_on, expires_on, parse_day, signed_on
from pipelines.policy.issuers import Place, home_of, issuers, named
from pipelines.policy.numbers import numbers
from pipelines.policy.targets import targets
from pipelines.policy.terms import any_of, terms
from pipelines.policy.titles import is_document, kinds_of, quoted, unwrapped

CASES = Path(__file__).parent / "policy_cases.tsv"
SEED = sorted((Path(__file__).parents[3] / "shared" / "seed").glob("*.txt"))
HOME = Place("四川省", "攀枝花市")
PROMISE = "攀枝花市人民政府关于印发《攀枝花市甲产业发展规划》的通知"


def article(title: str, body: str, **more) -> Article:
    given = {
        "url": "http://www.example/1", "source": "s", "title": title, "title_original": title, "body": body,
        "body_original": body, "script": "simplified", "content_sha256": "0" * 64,
    }  # fmt: skip
    return Article(**(given | more))


def found(title: str, text: str = "") -> Policy:
    policy = detect_text(title, text)
    assert policy is not None, title
    return policy


# --- the labelled cases -----------------------------------------------------------------------------------


def test_the_labelled_cases_are_many_and_half_are_hard_negatives() -> None:
    relations = Counter(case["relation"] for case in cases(CASES))
    assert sum(relations.values()) >= 300
    assert relations["none"] * 2 >= 0.9 * sum(relations.values())
    named = [
        case
        for case in cases(CASES)
        if case["relation"] == "none" and re.search("《|公告|通知", case["title"] + case["text"])
    ]
    assert len(named) > 100, "a negative is hard when it names a document or looks like one"


def test_detection_keeps_what_it_promises() -> None:
    right: dict[str, list[bool]] = {"kind": [], "issuer": [], "number": [], "title": []}
    announced = Counter()
    for case in cases(CASES):
        policy = detect_text(case["title"], case["text"])
        for name, ok in judge(case, policy).items():
            right[name].append(ok)
        wanted = case["relation"] in ("document", "report")
        announced[wanted, policy is not None and policy.relation in ("document", "report")] += 1
    precision = announced[True, True] / (announced[True, True] + announced[False, True])
    recall = announced[True, True] / (announced[True, True] + announced[True, False])
    assert 2 * precision * recall / (precision + recall) >= 0.95
    assert sum(right["number"]) / len(right["number"]) >= 0.99
    assert sum(right["issuer"]) / len(right["issuer"]) >= 0.93


def test_the_benchmark_prints_one_json_object_as_its_last_line(tmp_path: Path) -> None:
    labels = tmp_path / "labels.tsv"
    with labels.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["title", "text", "relation", "issuers", "number", "documents"])
        writer.writerow([PROMISE, "", "document", "攀枝花市政府", "", "攀枝花市甲产业发展规划"])
        writer.writerow(["攀枝花芒果丰收", "今年产量\n创新高。", "none", "", "", ""])
        writer.writerow(["攀枝花芒果歉收", "今年产量“减少”。", "report", "", "", ""])
    command = [sys.executable, "-m", "benchmarks.policy", "--labels", str(labels)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    answer = __import__("json").loads(done.stdout.splitlines()[-1])
    assert (answer["precision"], answer["recall"], answer["issuer"], answer["title"]) == (1.0, 0.5, 1.0, 1.0)
    assert answer["number"] is None


@pytest.mark.parametrize(
    "line",
    ['"甲\n乙"\t"他说""好"""\tnone', '甲\\n乙\t他说"好"\tnone', '甲\\n乙\t"好"\tnone\n丙\t"半\tnone'],
    ids=["quoted", "plain", "a mark that is text"],
)
def test_label_files_with_quotes_and_without(tmp_path: Path, line: str) -> None:
    labels = tmp_path / "labels.tsv"
    labels.write_text(f"title\ttext\trelation\n{line}\n", encoding="utf-8")
    first = cases(labels)[0]
    assert (first["title"], first["relation"]) == ("甲\n乙", "none")
    assert first["text"].strip('"') in ('他说"好"', '他说"好', "好")


@pytest.mark.skipif(not SEED, reason="the shared seed is not here")
def test_the_seed() -> None:
    from pipelines.clean import clean_text

    title, _, body = clean_text(SEED[0].read_text("utf-8")).partition("\n")
    policy = found(title, "\n".join(line.strip() for line in body.splitlines() if line.strip()))
    assert policy.relation == "report"
    assert policy.issuers == ("攀枝花市委", "攀枝花市政府")
    assert policy.title == "关于加快攀枝花钒钛高新技术产业开发区高质量发展推进“一区多园”建设的实施意见"
    assert (policy.kind, policy.statutory_kind, policy.carried_kind) == ("实施意见", "意见", None)
    assert policy.short_title == "实施意见"
    assert ("工业总产值", "2000亿元以上", 2030) in {(aim.what, aim.value, aim.year) for aim in policy.targets}


# --- relations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("攀枝花落实《攀枝花市甲办法》成效明显", "根据《攀枝花市甲办法》，各地加快推进。"),
        ("攀枝花市甲产业蓬勃发展", "2019年，攀枝花市政府印发《攀枝花市甲规划》。几年来，甲产业蓬勃发展。"),
        ("攀枝花市甲产业蓬勃发展", "自《攀枝花市甲规划》印发以来，甲产业蓬勃发展。"),
        ("攀枝花将出台甲办法", "记者获悉，攀枝花市政府有望年内出台《攀枝花市甲办法》。"),
        ("某钢铁集团印发《甲管理办法》", "近日，某钢铁集团有限公司印发《甲管理办法》。"),
        ("攀枝花某甲项目招标公告", "根据《招标投标法》，现公开招标。"),
        ("攀枝花市人民政府关于张某任职的通知", "攀府人〔2021〕3号\n决定任命。"),
        ("美国发布《甲产业行动计划》", "美国政府日前发布《甲产业行动计划》。"),
        ("《攀枝花甲产业发展报告》发布", "近日，《攀枝花甲产业发展报告》在京发布。"),
        ("", ""),
    ],
)
def test_what_only_names_a_document_announces_none(title: str, text: str) -> None:
    assert detect_text(title, text) is None


def test_a_report_stays_a_report_where_a_former_document_is_named_too() -> None:
    policy = found(
        "攀枝花甲产业再添政策",
        "为落实《四川省甲产业条例》，近日，攀枝花市政府印发《攀枝花市甲产业措施》，替代2018年印发的《攀枝花市甲产业办法》。",
    )
    assert policy.documents == ("攀枝花市甲产业措施",)


def test_a_document_that_quotes_a_number_has_not_that_number() -> None:
    text = "各县（区）人民政府：\n根据《四川省人民政府关于乙的意见》（川府发〔2020〕1号）要求，现就有关事项通知如下："
    assert found("攀枝花市人民政府关于做好乙工作的通知", text).number is None


def test_short_names_are_resolved() -> None:
    text = "近日，攀枝花市政府印发《攀枝花市甲产业发展若干措施》（以下简称《若干措施》）。《若干措施》提出，到2025年产值达到10亿元。"
    policy = found("攀枝花印发《若干措施》支持甲产业", text)
    assert policy.documents == ("攀枝花市甲产业发展若干措施",)
    assert policy.short_title == "若干措施"


def test_a_short_name_alone_is_no_title() -> None:
    policy = found("攀枝花出台甲产业支持办法", "《办法》提出，到2028年产值突破120亿元。")
    assert (policy.relation, policy.title, policy.documents) == ("report", None, ())


def test_a_repeal_names_what_it_ends_and_not_what_it_is_based_on() -> None:
    text = "攀府规〔2023〕5号\n根据《甲条例》，市政府决定予以废止。\n废止的文件包括：《攀枝花市乙办法》（攀府发〔2014〕18号）、《攀枝花市丙办法》等。"
    policy = found("攀枝花市人民政府关于废止部分行政规范性文件的决定", text)
    assert policy.documents == ("攀枝花市乙办法", "攀枝花市丙办法")
    assert policy.number == "攀府规〔2023〕5号"


@pytest.mark.parametrize(
    ("title", "text", "documents"),
    [
        ("攀枝花市人民政府令第128号", "《攀枝花市甲办法》已经市政府第100次常务会议通过，现予公布，自2021年5月1日起施行。", ("攀枝花市甲办法",)),
        ("攀枝花市人民政府令", "第128号\n《攀枝花市甲办法》已经市政府常务会议审议通过，现予公布。", ("攀枝花市甲办法",)),
        ("中华人民共和国国务院令 第748号", "现公布《甲条例》，自2021年12月1日起施行。", ("甲条例",)),
        ("攀枝花市人民代表大会常务委员会公告（第5号）", "《攀枝花市甲条例》已由攀枝花市第十届人大常委会第二十次会议于2020年8月28日通过，四川省第十三届人大常委会第二十三次会议于2020年11月26日批准，现予公布。", ("攀枝花市甲条例",)),
        ("攀枝花市人民政府令第131号", "《攀枝花市甲办法》《攀枝花市乙规定》已经市政府常务会议通过，现予公布。", ("攀枝花市甲办法", "攀枝花市乙规定")),
        ("攀枝花市人民政府令第131号", "根据《攀枝花市甲办法》，经市政府常务会议通过，现发布命令如下。", ("攀枝花市人民政府令第131号",)),
        ("攀枝花市人民政府公告2021年第3号", "根据《甲法》有关规定，现将保护范围公告如下：", ("攀枝花市人民政府公告2021年第3号",)),
        ("攀枝花市人民政府关于修改《攀枝花市甲办法》的决定", "《攀枝花市乙办法》已经通过，现予公布。", ("关于修改《攀枝花市甲办法》的决定",)),
    ],
)  # fmt: skip
def test_an_order_is_titled_by_what_it_makes_known_and_not_by_what_it_is_based_on(
    title: str, text: str, documents: tuple[str, ...]
) -> None:
    assert found(title, text).documents == documents


def test_what_an_order_carries_is_what_it_makes_known() -> None:
    policy = found("攀枝花市人民政府令第128号", "《攀枝花市甲办法》已经市政府常务会议通过，现予公布。")
    assert (policy.kind, policy.statutory_kind, policy.carried_kind) == ("令", "令", "办法")
    policy = found("攀枝花市人民政府关于甲工作的通知", "现将有关事项通知如下。")
    assert (policy.kind, policy.carried_kind) == ("通知", None)


def test_every_quote_stands_where_it_says() -> None:
    body = "攀府发〔2021〕3号\n各县（区）人民政府：\n到2025年，产值达到10亿元以上。\n本规划自2021年5月1日起施行，有效期5年。\n攀枝花市人民政府\n2021年4月2日"
    policy = found(PROMISE, body)
    assert {"relation", "number", "targets", "effective_on", "expires_on", "written_on", "title"} <= {
        q.of for q in policy.quotes
    }
    for quote in policy.quotes:
        assert (
            (quote.text == PROMISE)
            if quote.start < 0
            else (body[quote.start : quote.start + len(quote.text)] == quote.text)
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["近日，", "攀枝花市政府", "印发", "《", "》", "办法", "〔2020〕", "12号", "（", "）", "。", "\n", "废止", "解读", "征求意见", "到2030年", "达到5亿元", "2021年2月30日", "关于", "的通知", "以下简称", "“", "”"]), max_size=60))  # fmt: skip
def test_any_text_is_read_without_error_and_with_true_quotes(parts: list[str]) -> None:
    text = "".join(parts)
    policy = detect_text(text[:40], text)
    for quote in policy.quotes if policy else ():
        assert quote.start < 0 or text[quote.start : quote.start + len(quote.text)] == quote.text


# --- the pieces -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("攀办发〔2020〕12号", "攀办发〔2020〕12号"),
        ("攀办发[2020]12号", "攀办发〔2020〕12号"),
        ("攀办发【2020】12 号", "攀办发〔2020〕12号"),
        ("攀办发（２０２０）１２号", "攀办发〔2020〕12号"),
        ("攀办发﹝2020﹞012号", "攀办发〔2020〕12号"),
        ("攀委发〔2020〕第3号", "攀委发〔2020〕3号"),
        ("根据川经信环资〔2022〕245号", "川经信环资〔2022〕245号"),
        ("转发川府发〔2020〕1号文件", "川府发〔2020〕1号"),
        ("2021年第5号公告", "公告2021年第5号"),
        ("财政部公告2021年第5号", "公告2021年第5号"),
        ("攀枝花市人民政府令第120号", "第120号令"),
        ("中华人民共和国主席令（第四十五号）", "第45号令"),
        ("第一百二十号令", "第120号令"),
    ],
)
def test_numbers_have_one_form(written: str, number: str) -> None:
    assert standard(written) == number


@pytest.mark.parametrize(
    "text", ["12号线", "第12号楼", "（2020）12个项目", "2020年12月3号", "车次K145号", "证券代码：000629"]
)
def test_other_numbers_are_no_document_numbers(text: str) -> None:
    assert numbers(text) == ()


def test_the_fifteen_statutory_kinds() -> None:
    assert len(terms()["kinds"]["statutory"]) == 16  # 命令(令) is one kind with two names
    for kind in (
        "决议",
        "决定",
        "命令",
        "公报",
        "公告",
        "通告",
        "意见",
        "通知",
        "通报",
        "报告",
        "请示",
        "批复",
        "议案",
        "函",
        "纪要",
    ):
        assert kinds_of(f"攀枝花市人民政府关于甲的{kind}").statutory == kind


@pytest.mark.parametrize(
    ("title", "kinds"),
    [
        ("关于加快甲建设的实施意见", ("实施意见", "意见", None)),
        ("关于印发《攀枝花市甲管理办法（试行）》的通知", ("通知", "通知", "管理办法")),
        ("关于印发甲规划（2021—2025年）的通知", ("通知", "通知", "规划")),
        ("攀枝花市突发事件应急预案", ("应急预案", None, "应急预案")),
        ("攀枝花市人民政府令（第12号）", ("令", "令", None)),
        ("芒果丰收", (None, None, None)),
    ],
)
def test_kinds(title: str, kinds: tuple[str | None, ...]) -> None:
    of = kinds_of(title)
    assert (of.kind, of.statutory, of.carried) == kinds


def test_titles_in_titles() -> None:
    text = "印发《关于贯彻〈四川省甲办法〉的通知》和《乙《丙》规划》，《没有结束"
    assert [one.title for one in quoted(text)] == ["关于贯彻〈四川省甲办法〉的通知", "乙《丙》规划"]
    assert unwrapped("关于印发〈甲办法〉的通知") == "甲办法"
    assert unwrapped("关于甲工作的通知") == "关于甲工作的通知"
    assert unwrapped("转发市发改委关于甲意见的通知") == "市发改委关于甲意见"


def test_one_document_under_several_writings_and_two_documents() -> None:
    same = [
        "攀枝花市人民政府办公室关于印发《攀枝花市甲办法（试行）》的通知",
        "关于印发攀枝花市甲办法的通知（攀办发〔2020〕12号）",
        "攀枝花市甲办法",
        "《攀枝花市甲办法》（试行）",
    ]
    assert len({title_key(title) for title in same}) == 1
    assert title_key("攀枝花市甲规划（2016—2020年）") != title_key("攀枝花市甲规划（2021—2025年）")
    assert title_key("关于甲的意见") != title_key("关于乙的意见")


@pytest.mark.parametrize(
    "title", ["中国甲产业发展报告", "甲绿皮书", "共建甲合作框架协议", "人民日报", "花开攀枝花", "甲团体标准"]
)
def test_what_is_no_document(title: str) -> None:
    assert not is_document(title)


@pytest.mark.parametrize(
    ("phrase", "names"),
    [
        ("近日，攀枝花市委、市政府", ("攀枝花市委", "攀枝花市政府")),
        ("省委省政府", ("四川省委", "四川省政府")),
        ("市政府办公室", ("攀枝花市政府办公室",)),
        ("中共攀枝花市委办公室攀枝花市人民政府办公室", ("中共攀枝花市委办公室", "攀枝花市人民政府办公室")),
        ("攀枝花市住房和城乡建设局和市财政局", ("攀枝花市住房和城乡建设局", "攀枝花市财政局")),
        ("近日仁和区政府", ("仁和区政府",)),
        ("米易县委、县政府", ("米易县委", "米易县政府")),
        ("攀枝花市市场监管局", ("攀枝花市市场监管局",)),
        ("攀枝花钒钛高新区管委会", ("攀枝花钒钛高新区管委会",)),
        ("中办、国办", ("中共中央办公厅", "国务院办公厅")),
        ("攀枝花市委员们", ()),
        ("攀枝花市政府采购网", ()),
        ("攀枝花芒果", ()),
    ],
)
def test_issuers_in_full(phrase: str, names: tuple[str, ...]) -> None:
    assert issuers(phrase, HOME) == names


@pytest.mark.parametrize(
    ("phrase", "names"),
    [
        ("米易县农业农村和交通水利局", ("米易县农业农村和交通水利局",)),
        ("国家税务总局攀枝花市税务局", ("国家税务总局攀枝花市税务局",)),
        ("国家能源局综合司", ("国家能源局综合司",)),
        ("国家发展改革委价格司 国家能源局", ("国家发展改革委价格司", "国家能源局")),
        ("共青团攀枝花市委\n会东县人民武装部", ("共青团攀枝花市委", "会东县人民武装部")),
        ("甘孜藏族自治州林业和草原局", ("甘孜州林业和草原局",)),
        ("米易县财政局、县水利局和县公安局", ("米易县财政局", "米易县水利局", "米易县公安局")),
        ("市粮食和物资储备局 市关心下一代工作委员会", ("攀枝花市粮食和物资储备局", "攀枝花市关心下一代工作委员会")),
    ],
)
def test_a_name_that_stands_alone_is_whole(phrase: str, names: tuple[str, ...]) -> None:
    assert named(phrase, HOME) == names


@pytest.mark.parametrize(
    "phrase",
    [
        "各县（区）财政局", "我市财政局", "攀枝花市财政局局长", "攀枝花市召开财政局", "攀枝花市的财政局", "附件：攀枝花市财政局",
        "攀枝花市财政局 联系人", "攀枝花钒钛产品", "局", "",
    ],
)  # fmt: skip
def test_a_phrase_with_other_words_is_no_list_of_names(phrase: str) -> None:
    assert named(phrase, HOME) == ()


@pytest.mark.parametrize("phrase", ["41件市政府文件", "三个市政府门户", "首批县政府规章", "12家市公安局", "个县政府"])
def test_a_quantity_is_no_place(phrase: str) -> None:
    assert issuers(phrase, Place()) == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("攀枝花市水利局 关于甲的通知 攀水〔2022〕 35 号 各县（区）水利局： 现通知如下。", "攀水〔2022〕35号"),
        ("攀枝花市水利局关于甲的通知攀水〔2022〕35号各县（区）水利局： 现通知如下。", "攀水〔2022〕35号"),
        ("各县（区）水利局： 攀水〔2022〕35号 近期多雨，现通知如下。", "攀水〔2022〕35号"),
        ("各县： 根据川水〔2021〕3号文件，现通知如下。请遵照执行。 【攀农交水〔2022〕 35 号】", "攀农交水〔2022〕35号"),
        ("各县： 现通知如下。请遵照执行。攀水〔2022〕35号", "攀水〔2022〕35号"),
        ("各县： 现通知如下。 攀枝花市水利局 2022年3月1日 （攀水〔2022〕35号）", "攀水〔2022〕35号"),
        ("各县： 按照 川水〔2021〕3号 要求，现通知如下。", None),
        ("各县： 按照 川水〔2021〕3号 各项要求，现通知如下。", None),
        ("各县： 现将川水〔2021〕3号转发给你们。", None),
        ("各县： 现通知如下。 依据《甲办法》 川水〔2021〕3号", None),
        ("各县： 现通知如下。 附件： 川水〔2021〕3号", None),
        ("各县： 现通知如下。同时废止 川水〔2021〕3号", None),
        ("各县： 现通知如下。 川水〔2021〕3号 同时废止。", None),
        ("你县《关于甲的请示》 米府〔2021〕3号 收悉。现批复如下。", None),
    ],
)
def test_the_number_that_stands_apart_is_the_documents_own(text: str, number: str | None) -> None:
    assert found("关于甲的通知", text).number == number


PASSED_ON = "四川省经济和信息化厅关于做好甲项目申报工作的通知"
FORWARD = f"攀枝花市经济和信息化局关于转发《{PASSED_ON}》的通知"
END = "\n攀枝花市经济和信息化局\n2021年3月30日"


@pytest.mark.parametrize(
    ("title", "text", "number"),
    [
        (FORWARD, f"各县：现将《{PASSED_ON}》（川经信〔2021〕11号）转发你们，请按时报送。{END}", None),
        (FORWARD, f"各县：现将通知转发你们。{END}\n{PASSED_ON}\n川经信〔2021〕11号\n各市（州）：", None),
        (FORWARD, f"攀经信〔2021〕20号\n各县：现将《{PASSED_ON}》（川经信〔2021〕11号）转发你们。{END}", "攀经信〔2021〕20号"),
        (FORWARD, f"攀经信〔2021〕20号\n各县：现转发你们。{END}\n{PASSED_ON}\n川经信〔2021〕11号", "攀经信〔2021〕20号"),
        ("攀枝花市经信局转发通知", f"近日，攀枝花市经信局转发《{PASSED_ON}》（川经信〔2021〕11号），抓好落实。", None),
        ("攀枝花市政府印发《攀枝花市甲办法》", "近日，攀枝花市政府印发《攀枝花市甲办法》（攀府发〔2021〕3号），转发有关文件。", "攀府发〔2021〕3号"),
    ],
    ids=["behind its title", "under its title", "beside the own", "annexed beside the own", "in news", "of what is made"],
)  # fmt: skip
def test_what_is_passed_on_keeps_its_number(title: str, text: str, number: str | None) -> None:
    assert found(title, text).number == number


def test_who_made_a_document_does_not_pass_it_on() -> None:
    assert found(f"关于转发《{PASSED_ON}》的通知", "现转发你们。").issuers == ()
    assert found(PASSED_ON, "现通知如下。").issuers == ("四川省经济和信息化厅",)


def test_organs_above_the_title_in_the_text_issue_it() -> None:
    text = "来源：市水利局 字体：大 攀枝花市水利局 攀枝花市东区财政局 关于甲工作的通知 各县： 现通知如下。"
    assert found("关于甲工作的通知", text).issuers == ("攀枝花市水利局", "攀枝花市东区财政局")
    assert found("关于甲工作的通知", text.replace("关于甲工作", "关于乙工作")).issuers == ()


@given(st.sets(st.text("市政府办", min_size=1, max_size=4), min_size=1), st.text("市政府办", max_size=5))
def test_an_alternation_finds_the_longest_of_its_words(words: set[str], text: str) -> None:
    match = re.match(any_of(words), text)
    assert (match.group() if match else None) == max(filter(text.startswith, words), key=len, default=None)


@pytest.mark.parametrize(
    ("number", "organ"),
    [
        ("攀办发〔2020〕12号", "攀枝花市人民政府办公室"),
        ("攀府规〔2020〕1号", "攀枝花市人民政府"),
        ("攀委发〔2020〕1号", "攀枝花市委"),
        ("攀委办〔2020〕1号", "攀枝花市委办公室"),
        ("攀发改价格〔2019〕246号", "攀枝花市发展和改革委员会"),
        ("攀仁府办发〔2022〕10号", "仁和区人民政府办公室"),
        ("川经信冶建〔2020〕1号", "四川省经济和信息化厅"),
        ("川办函〔2022〕31号", "四川省人民政府办公厅"),
        ("国办发〔2023〕9号", "国务院办公厅"),
        ("发改产业〔2022〕315号", "国家发展和改革委员会"),
        ("成府发〔2020〕1号", None),
        ("攀甲乙〔2020〕1号", None),
        ("攀〔2020〕1号", None),
        ("第120号令", None),
        ("公告2021年第3号", None),
    ],
)
def test_who_a_number_is_of(number: str, organ: str | None) -> None:
    assert issuer_of(number, HOME) == organ


def test_a_city_that_is_in_no_list_is_known_where_the_text_is_at_home_in_it() -> None:
    assert issuer_of("成府发〔2020〕1号", Place("四川省", "成都市")) == "成都市人民政府"


def test_a_number_names_the_issuer_only_where_the_page_names_none() -> None:
    text = "攀办函〔2022〕31号\n各县（区）人民政府：现将有关事项通知如下。"
    assert found("关于做好防汛工作的通知", text).issuers == ("攀枝花市人民政府办公室",)
    assert found("攀枝花市水利局关于做好防汛工作的通知", text).issuers == ("攀枝花市水利局",)


def test_all_issuers_where_the_title_names_the_first() -> None:
    text = "近日，攀枝花市发展改革委、市商务局等7部门联合印发《攀枝花市绿色消费方案》，民政部门、供销社参与实施。"
    title = "攀枝花市发展改革委等7部门印发《攀枝花市绿色消费方案》"
    assert found(title, text).issuers == ("攀枝花市发展改革委", "攀枝花市商务局")
    assert found(title.replace("等7部门", ""), text).issuers == ("攀枝花市发展改革委", "攀枝花市商务局")
    assert found("攀枝花市商务局印发《攀枝花市绿色消费方案》", text).issuers == ("攀枝花市商务局",)


def test_one_organ_under_several_names() -> None:
    assert issuer_key("中共攀枝花市委员会") == issuer_key("攀枝花市委")
    assert issuer_key("攀枝花市发展和改革委员会") == issuer_key("攀枝花市发改委")
    assert issuer_key("攀枝花市东区人民政府") == issuer_key("东区政府")
    assert issuer_key("工信部") == issuer_key("工业和信息化部")
    assert issuer_key("攀枝花市政府") != issuer_key("攀枝花市委")
    assert issuer_key("攀枝花市政府") != issuer_key("攀枝花市政府办公室")
    assert issuer_key("攀枝花市财政局") != issuer_key("成都市财政局")


@pytest.mark.parametrize(
    ("title", "county"),
    [
        ("仁和区出台方案", "仁和区"),
        ("四川省盐边县人民政府令", "盐边县"),
        ("攀枝花市东区：16条措施", "东区"),
        ("全区工业增速加快", None),
        ("攀枝花高新区出台办法", None),
        ("区域协调发展有了新机制", None),
        ("我县出台办法", None),
        ("走进仁和区", None),
    ],
)
def test_the_county_that_a_title_begins_with(title: str, county: str | None) -> None:
    assert home_of(title).county == county


def test_home() -> None:
    assert home_of("芒果", "攀枝花市今年…… 成都") == HOME
    assert home_of("重庆市政府") == Place("重庆市", "重庆市")
    assert home_of("芒果") == Place()


def test_days() -> None:
    assert parse_day("二〇二〇年四月十一日") == date(2020, 4, 11)
    assert parse_day("2021年2月30日") is None
    assert effective_on("本办法自2021年5月1日起施行").day == date(2021, 5, 1)
    assert effective_on("本办法自印发之日起30日后施行", issued=date(2021, 5, 1)).day == date(2021, 5, 31)
    assert effective_on("《甲办法》自2015年1月1日修订") is None
    assert expires_on("有效期5年", effective=date(2020, 2, 29)).day == date(2025, 2, 28)
    assert expires_on("有效期至2025年12月31日").day == date(2025, 12, 31)
    assert comments_until("征求意见时间：2021年12月20日至2022年1月20日").day == date(2022, 1, 20)
    assert comments_until("请于6月30日前反馈", year=2022).day == date(2022, 6, 30)
    assert comments_until("请于6月30日前反馈") is None
    assert signed_on("正文。\n攀枝花市人民政府\n2021年4月2日\n附件：甲表").day == date(2021, 4, 2)
    assert signed_on("会议于2021年4月2日召开。") is None


OWN = ("攀枝花市甲办法",)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2016年5月1日起施行的《攀枝花市甲暂行办法》同时废止。本办法自2021年6月1日起施行。", "2021-06-01"),
        ("自2016年5月1日起施行的原甲暂行办法同时废止。本办法自2021年6月1日起施行。", "2021-06-01"),
        ("《攀枝花市乙办法》（2016年5月1日起施行）同时废止。本办法自2021年6月1日起施行。", "2021-06-01"),
        ("为贯彻2021年1月1日起施行的《民法典》，制定本办法。条例自2022年1月1日起施行。", "2022-01-01"),
        ("《民法典》自2021年1月1日起施行，意义重大。本办法自2022年1月1日起施行。", "2022-01-01"),
        ("民法典2021年1月1日起施行。自2022年1月1日起施行。", "2022-01-01"),
        ("《民法典》已于2021年1月1日起施行。", None),
        ("《攀枝花市甲办法》已经会议通过，现予公布，自2021年5月1日起施行。", "2021-05-01"),
        ("《办法》自2021年5月1日起施行。", "2021-05-01"),
        ("依据《甲法》制定的本办法自2021年5月1日起施行。", "2021-05-01"),
        ("新的标准自2021年5月1日起执行。", "2021-05-01"),
    ],
)
def test_a_day_of_another_document_is_not_this_ones(text: str, day: str | None) -> None:
    dated = effective_on(text, documents=OWN)
    assert (dated.day.isoformat() if dated else None) == day


def test_until_when_another_document_is_valid_is_not_this_ones() -> None:
    assert expires_on("《攀枝花市乙办法》有效期至2020年12月31日，不再延长。", documents=OWN) is None
    text = "《攀枝花市乙办法》有效期至2020年12月31日。本办法有效期至2026年5月31日。"
    assert expires_on(text, documents=OWN).day == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("规划期限为2021年1月1日至2035年12月31日。现公开征求意见。请于2021年5月10日前将意见反馈至我局。", "2021-05-10"),
        ("根据省委2021年3月1日至3月5日会议精神，我委起草了草案，现公开征求意见。征求意见时间：2021年4月1日—2021年4月30日。", "2021-04-30"),
        ("现公开征求意见。2020年12月31日前已经备案的企业不适用。公众可于2021年1月20日之前提出意见。", "2021-01-20"),
        ("现公开征求意见，期限为30日（2021年12月20日至次年1月18日）。", "2022-01-18"),
        ("征求意见时间为2021年12月20日至1月18日。", "2022-01-18"),
        ("现公开征求意见，时间为2023年5月4日至6月3日。", "2023-06-03"),
        ("现公开征求意见。\n截止时间：2021年5月1日\n联系人：某某", "2021-05-01"),
        ("欢迎社会各界于2021年7月1日前将书面意见寄至市司法局", "2021-07-01"),
        ("截至2020年12月31日，全市有企业30家。现公开征求意见。", None),
        ("《甲规划（2021年1月1日至2035年12月31日）》公开征求意见", None),
    ],
)  # fmt: skip
def test_the_last_day_for_comments_is_no_other_day(text: str, day: str | None) -> None:
    dated = comments_until(text)
    assert (dated.day.isoformat() if dated else None) == day


def test_a_day_without_a_year_is_of_the_call_and_not_of_what_is_named_before_it() -> None:
    text = "为贯彻2025年12月1日召开的会议精神，现公开征求意见，公众可在2月4日前反馈。"
    assert comments_until(text) is None
    assert comments_until(text, year=2026, since=date(2026, 1, 5)).day == date(2026, 2, 4)
    assert comments_until(text, year=2025, since=date(2025, 12, 20)).day == date(2026, 2, 4)
    assert comments_until("请于3月1日前反馈。", year=2025, since=date(2025, 3, 2)).day == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("text", "effective", "expires"),
    [
        ("本办法自二〇二四年五月一日起施行，有效期至二〇二六年十二月三十一日。", "2024-05-01", "2026-12-31"),
        ("以上措施自2024年1月1日至2025年12月31日执行。", "2024-01-01", None),
        ("本政策执行期限为2024年1月1日至2025年12月31日。", "2024-01-01", "2025-12-31"),
        ("三、执行时间：2024年1月1日至12月31日", "2024-01-01", "2024-12-31"),
        ("实施日期：2024-05-01\n有效期：5年", "2024-05-01", None),
        ("本规定自公布之日起三十日后施行，有效期2年6个月。", "2024-05-01", "2026-11-01"),
        ("本通知自发文之日起执行，有效期二十四个月。", "2024-04-01", "2026-04-01"),
        ("本办法自2024年5月31日起试行，试行期一年。", "2024-05-31", "2025-05-31"),
        ("本办法自2024年5月1日起施行（有效期5年）。", "2024-05-01", "2029-05-01"),
        ("许可证有效期5年。本办法自2024年5月1日起施行。", "2024-05-01", None),
        ("经公告的示范企业，有效期为三年。本办法自2024年5月1日起施行。", "2024-05-01", None),
        ("证书有效期为2023年1月1日至2025年12月31日。本办法自2024年5月1日起施行，有效期2年。", "2024-05-01", "2026-05-01"),
        ("项目实施期限为2023年1月1日至2025年12月31日。", None, None),
    ],
)  # fmt: skip
def test_the_days_of_a_document_are_read_however_they_are_written(
    text: str, effective: str | None, expires: str | None
) -> None:
    began = effective_on(text, issued=date(2024, 4, 1))
    assert (began.day.isoformat() if began else None) == effective
    ended = expires_on(text, effective=began.day if began else None)
    assert (ended.day.isoformat() if ended else None) == expires


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("现公开征求意见。公众可在2024年7月31日前，通过以下方式提出意见：", "2024-07-31"),
        ("征求意见时间为2024年7月1日至31日。", "2024-07-31"),
        ("意见征集截止日期:2024-07-31", "2024-07-31"),
        ("征求意见时间：2024.7.1—2024.7.31", "2024-07-31"),
        ("意见征求截止二〇二四年七月三十一日。", "2024-07-31"),
        ("请于本公告发布之日起30日内提出意见。", "2024-07-31"),
        ("现公开征求意见，期限为三十日。", "2024-07-31"),
        ("请自公告发布之日起7个工作日内反馈意见。", None),
        ("现公开征求意见。\n" + "甲" * 600 + "自公布之日起30日内提出意见。", None),
        ("现公开征求意见。主管部门应当自受理之日起20日内提出意见。", None),
        ("到2024年7月31日前，完成整改任务的企业可以恢复生产。", None),
    ],
)
def test_the_last_day_for_comments_is_read_however_it_is_written(text: str, day: str | None) -> None:
    dated = comments_until(text, year=2024, since=date(2024, 7, 1))
    assert (dated.day.isoformat() if dated else None) == day


def test_the_day_under_a_document_is_not_that_of_its_page_nor_of_its_annex() -> None:
    assert signed_on("2021年4月9日\n正文。\n攀枝花市人民政府\n2021年4月2日\n附件\n2020年1月1日").day == date(2021, 4, 2)
    assert signed_on("2021年4月9日\n正文。").day == date(2021, 4, 9)
    assert signed_on("正文。\n攀枝花市人民政府 2021年4月2日").day == date(2021, 4, 2)
    assert signed_on("正文。\n攀枝花市财政局 攀枝花市税务局\u3000二〇二一年四月二日").day == date(2021, 4, 2)
    assert signed_on("攀枝花市人民政府 2021年4月9日\n正文。") is None
    assert signed_on("正文。\n攀枝花日报 2021年4月9日") is None


def test_targets_need_a_year() -> None:
    aims = targets("到2025年，全市甲产业产值突破100亿元，培育企业20家以上。2020年产值为50亿元。")
    assert [(aim.year, aim.value) for aim in aims] == [(2025, "100亿元"), (2025, "20家以上")]


def test_the_table_of_a_government_page_is_believed() -> None:
    table = OfficialTable(
        issuer="攀枝花市人民政府办公室",
        number="攀办发[2020]12号",
        written="2020年4月3日",
        published="2020-04-07",
        validity="有效",
    )
    policy = detect(article("攀枝花市甲产业发展方案", "为加快发展，制定本方案。", official=table)).policy
    assert policy is not None
    assert (policy.relation, policy.issuers, policy.number) == (
        "document",
        ("攀枝花市人民政府办公室",),
        "攀办发〔2020〕12号",
    )
    assert (policy.written_on, policy.issued_on, policy.status) == (date(2020, 4, 3), date(2020, 4, 7), "有效")


def test_columns_and_attachments_help() -> None:
    policy = detect(article("攀枝花市甲办法有关内容", "一、背景", column=("首页", "政策解读"))).policy
    assert policy is not None
    assert policy.relation == "interpretation"
    files = (Attachment(url="http://www.example/1.pdf", name="攀办发〔2020〕12号.pdf", kind="pdf"),)
    policy = detect(article(PROMISE, "现印发给你们。", attachments=files)).policy
    assert policy is not None
    assert policy.number == "攀办发〔2020〕12号"


def test_a_draft_says_until_when_it_may_be_commented_on() -> None:
    text = "现公开征求意见，请于7月1日前反馈。"
    made = article(
        "关于公开征求《攀枝花市甲办法（征求意见稿）》意见的公告", text, published_at=datetime(2022, 6, 1, tzinfo=UTC)
    )
    policy = detect(made).policy
    assert policy is not None
    assert (policy.relation, policy.status, policy.comments_until) == ("draft", "征求意见", date(2022, 7, 1))


DRAFT = "《攀枝花市养犬管理条例（草案征求意见稿）》"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (f"关于{DRAFT}征求意见采纳情况的说明", f"我局就{DRAFT}公开征求意见，共收到意见23条，采纳10条。"),
        ("攀枝花市行政规范性文件征求意见结果反馈", f"{DRAFT}公开征求意见期间，未收到意见。"),
        (f"{DRAFT}公开征求意见结果反馈", "向社会公开征求意见，共收到意见23条，采纳10条。特此反馈。"),
        (f"关于{DRAFT}公开征求意见情况的公告", "现将征求意见情况公告如下：共收到意见3条。"),
        (f"{DRAFT}意见征集反馈", ""),
        (f"关于{DRAFT}公众意见采纳情况的反馈", ""),
        ("攀枝花市养犬管理条例（草案征求意见稿）", "2021年4月，我局公开征求意见，共收到意见23条，采纳10条。"),
    ],
)
def test_what_became_of_a_call_for_comments_is_none(title: str, text: str) -> None:
    assert detect_text(title, text) is None


@pytest.mark.parametrize(
    ("title", "text", "relation"),
    [
        (f"关于再次公开征求{DRAFT}意见的公告", "前期收到意见23条，采纳10条，现再次向社会公开征求意见。", "draft"),
        (f"关于公开征求{DRAFT}意见的公告", "请将意见反馈至我局。意见反馈截止时间为2021年6月1日。", "draft"),
        ("关于公开征求《攀枝花市突发事件情况报告办法》意见的公告", "", "draft"),
        (f"对{DRAFT}提建议 市民可在5月底前反馈", f"市人大法工委日前就{DRAFT}向社会公开征求意见。", "draft"),
        ("攀枝花市人民政府关于做好群众意见反馈情况公开工作的通知", "各县（区）人民政府：现通知如下。", "document"),
        ("攀枝花市政府印发《攀枝花市甲办法》", "近日，攀枝花市政府印发《攀枝花市甲办法》。办法在公开征求意见中共收到意见23条。", "report"),
    ],
)  # fmt: skip
def test_a_call_for_comments_and_other_documents_stay_what_they_are(title: str, text: str, relation: str) -> None:
    assert found(title, text).relation == relation


REPEALS = "攀枝花市人民政府关于废止部分行政规范性文件的决定"


@pytest.mark.parametrize(
    ("title", "text", "ended"),
    [
        (
            "攀枝花市人民政府关于废止《攀枝花市甲办法》等3件行政规范性文件的决定",
            "决定废止《攀枝花市甲办法》（攀府发〔2008〕1号）、《攀枝花市乙规定》《攀枝花市丙细则》3件行政规范性文件。",
            ("攀枝花市甲办法", "攀枝花市乙规定", "攀枝花市丙细则"),
        ),
        (
            REPEALS,
            ("根据《规章制定程序条例》，决定对下列文件予以废止：\n1.《攀枝花市甲办法》（攀府发〔2008〕1号）\n2.《攀枝花市乙规定》\n"
            "本决定自公布之日起施行。\n《攀枝花市丁办法》由市财政局解释。"),
            ("攀枝花市甲办法", "攀枝花市乙规定"),
        ),
        (
            "攀枝花市人民政府关于废止和修改部分行政规范性文件的决定",
            "一、予以废止的文件：\n1.《攀枝花市甲办法》\n二、予以修改的文件：\n1.《攀枝花市丙办法》",
            ("攀枝花市甲办法",),
        ),
        (
            "攀枝花市人民政府关于废止《攀枝花市甲办法》的决定",
            "废止《攀枝花市甲办法》。废止后按照《四川省甲办法》执行。",
            ("攀枝花市甲办法",),
        ),
        (
            "攀枝花市人民政府令第132号",
            "《攀枝花市人民政府关于废止〈攀枝花市甲办法〉的决定》已经市政府第66次常务会议审议通过，现予公布，自公布之日起施行。",
            ("攀枝花市甲办法",),
        ),
        (
            "攀枝花市人民政府令第133号",
            f"《{REPEALS}》已经市政府第66次常务会议审议通过，现予公布。\n决定废止下列规章：\n1.《攀枝花市甲办法》",
            ("攀枝花市甲办法",),
        ),
    ],
)  # fmt: skip
def test_a_repeal_names_all_that_it_ends_and_nothing_else(title: str, text: str, ended: tuple[str, ...]) -> None:
    policy = found(title, text)
    assert (policy.relation, policy.documents) == ("repeal", ended)


def test_an_order_that_changes_a_document_ends_none() -> None:
    text = "《攀枝花市人民政府关于修改〈攀枝花市甲办法〉的决定》已经市政府第66次常务会议审议通过，现予公布。"
    assert found("攀枝花市人民政府令第134号", text).relation == "document"


@pytest.mark.parametrize(
    ("title", "text", "documents"),
    [
        ("一图读懂｜攀枝花市促进民营经济若干措施", "", ("攀枝花市促进民营经济若干措施",)),
        ("图解：攀枝花市优化营商环境条例", "", ("攀枝花市优化营商环境条例",)),
        ("攀枝花市低空经济若干措施政策解读", "", ("攀枝花市低空经济若干措施",)),
        ("一图读懂｜攀枝花市低空经济若干措施", "《攀枝花市促进低空经济发展若干措施》印发。", ("攀枝花市促进低空经济发展若干措施",)),
        ("攀枝花市人才政策解读", "", ()),
        ("企业所得税优惠政策解读", "", ()),
        ("图解：攀枝花市出台条例，养犬有了规矩", "", ()),
    ],
)  # fmt: skip
def test_an_interpretation_without_title_marks_is_of_the_document_that_it_is_titled_after(
    title: str, text: str, documents: tuple[str, ...]
) -> None:
    policy = found(title, text)
    assert (policy.relation, policy.documents) == ("interpretation", documents)


@pytest.mark.parametrize(
    "issuer", ["攀枝花学院", "攀枝花市中心医院", "四川省机场集团有限公司攀枝花分公司", "攀枝花市甲职业技术学院"]
)
def test_whose_name_only_ends_like_an_organs_issues_no_policy(issuer: str) -> None:
    assert detect_text(f"{issuer}关于印发《科研奖励办法》的通知", "各部门：\n现印发给你们。") is None
    assert detect_text("攀枝花市人民检察院关于印发《科研奖励办法》的通知", "") is not None
    assert detect_text("国家能源局综合司关于印发《甲管理办法》的通知", "") is not None


def test_appointments_are_no_policy() -> None:
    assert detect_text("攀枝花市人民政府关于任命张某等职务的通知", "攀府人〔2024〕3号") is None
    assert found("攀枝花市人民政府关于印发《攀枝花市国家工作人员任命办法》的通知").relation == "document"


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("攀枝花市财政局关于废止《攀枝花市甲办法》的通知（攀财规〔2024〕1号）", "攀财规〔2024〕1号"),
        ("攀枝花市财政局关于废止《攀枝花市甲办法》的通知 攀财规〔2024〕1号", "攀财规〔2024〕1号"),
        ("攀枝花市财政局关于转发《四川省财政厅关于加强甲工作的通知》的通知（攀财〔2024〕2号）", "攀财〔2024〕2号"),
        ("攀枝花市财政局关于废止攀财规〔2018〕1号文件的通知", None),
        ("攀枝花市财政局转发省财政厅关于加强甲工作的通知（川财〔2024〕2号）", None),
    ],
)
def test_the_number_at_the_end_of_a_title_is_its_own(title: str, number: str | None) -> None:
    assert found(title).number == number


ORDER = "《攀枝花市甲办法》已经市政府常务会议审议通过，现予公布。"


@pytest.mark.parametrize(
    ("title", "text", "number"),
    [
        ("攀枝花市人民政府令", f"第131号\n{ORDER}", "第131号令"),
        ("攀枝花市人民政府令", f"攀枝花市人民政府令\n（第一百三十一号）\n{ORDER}", "第131号令"),
        ("四川省税务局关于甲事项的公告", "2024年第3号\n现公告如下：", "公告2024年第3号"),
        ("四川省税务局关于甲事项的公告", "国家税务总局四川省税务局公告\n2024年第3号\n现公告如下：", "公告2024年第3号"),
        ("攀枝花市人民政府通告", "〔2024〕第3号\n现通告如下：", "通告〔2024〕第3号"),
        ("攀枝花市人民政府关于甲工作的通知", "第3号\n现通知如下：", None),
        ("攀枝花市人民政府令", f"{ORDER}\n附件：\n甲表\n第3号", None),
    ],
)
def test_a_number_alone_under_an_order_or_an_announcement_is_its_own(title: str, text: str, number: str | None) -> None:
    assert found(title, text).number == number


@pytest.mark.parametrize(
    ("title", "text", "document"),
    [
        ("攀枝花市人社局转发人社部《关于甲工作的通知》", "现将通知转发给你们。", "关于甲工作的通知"),
        ("转发《四川省财政厅关于甲工作的通知》", "现转发给你们。\n攀枝花市财政局", "四川省财政厅关于甲工作的通知"),
        ("攀枝花市财政局转发省财政厅关于甲工作的通知", "现转发给你们。", "省财政厅关于甲工作的通知"),
        ("攀枝花市财政局转发市国资委关于甲工作意见的通知", "现转发给你们。", "市国资委关于甲工作意见"),
    ],
)
def test_what_is_passed_on_keeps_its_title(title: str, text: str, document: str) -> None:
    policy = found(title, text)
    assert (policy.relation, policy.documents) == ("document", (document,))


def test_a_paper_that_passes_a_document_on_reports_it() -> None:
    assert found("攀枝花日报转发《四川省财政厅关于甲工作的通知》", "近日，四川省财政厅印发通知。").relation == "report"


@pytest.mark.parametrize(
    ("title", "documents"),
    [
        ("攀枝花市人民政府关于贯彻《四川省甲条例》印发《攀枝花市乙方案》的通知", ("攀枝花市乙方案",)),
        ("攀枝花市人民政府关于印发《攀枝花市甲办法》《攀枝花市乙办法》的通知", ("攀枝花市甲办法", "攀枝花市乙办法")),
        ("攀枝花市人民政府关于落实《四川省甲条例》的实施意见", ("关于落实《四川省甲条例》的实施意见",)),
    ],
)
def test_the_reason_for_a_document_is_none_that_it_makes_known(title: str, documents: tuple[str, ...]) -> None:
    assert found(title).documents == documents


def test_what_replaces_a_document_is_no_repeal() -> None:
    policy = found("攀枝花市人民政府关于公布《攀枝花市甲目录（2024年版）》并废止《攀枝花市甲目录（2020年版）》的通知")
    assert (policy.relation, policy.documents) == ("document", ("攀枝花市甲目录（2024年版）",))
    assert found("攀枝花市人民政府关于废止《攀枝花市甲目录（2020年版）》的通知").relation == "repeal"


# --- what it costs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit",
    [
        "《",
        "》",
        "《甲》",
        "第",
        "关于",
        "攀枝花市",
        "印发《",
        "〔2020〕1号",
        "到2030年达到",
        "中共",
        "甲、",
        "2021年1月1日",
        "（",
        "1",
    ],
)
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    def cost(length: int) -> float:
        text = (unit * length)[:length]
        start = time.process_time()
        detect_text("攀枝花市印发《甲办法》", "近日，攀枝花市政府印发《甲办法》。" + text)
        return time.process_time() - start

    cost(1000)
    assert cost(60_000) < 1.0


@pytest.mark.parametrize("unit", ["2021年1月1日前", "2021年1月1日起施行", "自2021年1月1日起施行的《", "意见，至1月1日"])
@pytest.mark.parametrize("read", [effective_on, expires_on, comments_until])
def test_hostile_days_cost_no_more_than_their_length(unit: str, read: Callable[[str], object]) -> None:
    start = time.process_time()
    read((unit * 60_000)[:60_000])
    assert time.process_time() - start < 1.0


def test_an_article_that_is_no_policy_is_cheap() -> None:
    made = article("攀枝花芒果丰收", "攀枝花市仁和区的芒果今年又获丰收，果农喜笑颜开。" * 80)
    assert detect(made) is made
    start = time.process_time()
    for _ in range(300):
        detect(made)
    assert (time.process_time() - start) / 300 < 0.00015
