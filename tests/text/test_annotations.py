"""發(fā)展 -> 發展; what an author explains stays."""

import pytest

from pipelines.text import damage, mirror
from pipelines.text.annotations import strip
from pipelines.text.restore import restore


@pytest.mark.parametrize(
    ("mirrored", "clean"),
    [
        ("發(fā)展", "發展"),
        ("構（ɡòu）建", "構建"),
        ("會(huì )議", "會議"),
        ("會( huì)議", "會議"),
        ("會(huì\u00a0)議", "會議"),
        ("辦(ban)公室", "辦公室"),
        ("綠(lv)色", "綠色"),
        ("綠(lǜ)色", "綠色"),
        ("女(nǚ)綠(lü)", "女(nǚ)綠"),
        ("產(cha\u030cn)業", "產業"),  # combining caron
        ("產(chăn)業", "產業"),  # breve for caron
        ("發(fa1)展", "發展"),
        ("長(cháng)江", "長江"),  # all readings
        ("市長(zhǎng)", "市長"),
        ("經(jīng)濟(jì)區(qū)", "經濟區"),
    ],
)
def test_aids_go(mirrored, clean):
    assert strip(mirrored) == clean


@pytest.mark.parametrize(
    "text",
    [
        "璠(fán)",
        "垚(yáo)",
        "亳(bó)州",
        "乐(yuè)清",
        "发展(GDP)",
        "開發區(含迤資園區)",
        "(以下简称《实施意见》)",
        "选项(a)",
        "單位(dān)",
        "發(fǎng)",
        "發 (fa)",
        "發(FA)",
        "發【fa】",
        "發fā展",
        "方案(a)",
        "方案 (an)",
        "維生素(A)",
        "標準(GB)",
        "標準【GB/T】",
        "馬(Ma)先生",
        "亳【bó】州",
        "亳（Bó）州",
        "產業 (A股)",
        "發 (fǎng)",
        "發【fǎng】",
        "發&#40;fǎng&#41;",
        "發(fā",
        "發fā)",
        "發(Development)",
        "發展(to develop)",
        "發(fā zhǎn)",
        "",
        "()",
        "(fā)",
    ],
)
def test_what_is_no_aid_stays(text):
    assert strip(text) == text


def test_the_authors_gloss_behind_an_aid_stays():
    assert strip("樂(lè)(yuè)清") == "樂(yuè)清"
    assert restore("樂(lè)(yuè)清") == "乐(yuè)清"


@pytest.mark.parametrize(
    "gloss",
    [
        "樂(yuè)清",
        "單(shàn)縣",
        "鉛(yán)山縣",
        "麗(lí)水",
        "濟(jǐ)南",
        "渦(guō)陽",
        "會(kuài)稽山",
        "華(huà)羅庚",
        "區(ōu)先生",
        "重(chóng)慶",
        "朝(zhāo)陽",
    ],
)
@pytest.mark.parametrize("page", ["{}", "近日，記者來到{}採訪。", "經(jīng)濟發(fā)展，{}的產(chǎn)業(yè)"])
def test_a_gloss_stays_in_one_line(page, gloss):
    """With no aid about, or a few."""
    assert gloss in strip(page.format(gloss))


@pytest.mark.parametrize(
    ("mirrored", "clean"),
    [
        ("音樂(yuè)會", "音樂會"),
        ("會(kuài)計", "會計"),
        ("種(zhòng)植業", "種植業"),
        ("高興(xìng)", "高興"),
        ("災難(nàn)", "災難"),
        ("快樂(yuè)", "快樂"),  # a table that knows one reading
        ("樂(yuè)清的樂(yuè)曲", "樂清的樂曲"),  # the table again: one everyday word tells
        ("潁(yǐng)上縣潁(yǐng)河", "潁上縣潁河"),  # every time
    ],
)
def test_an_unusual_reading_of_an_everyday_word_is_an_aid(mirrored, clean):
    assert strip(mirrored) == clean


def test_a_rare_character_is_explained_once():
    assert strip("潁(yǐng)上縣地處潁河之濱，經(jīng)濟發(fā)展") == "潁(yǐng)上縣地處潁河之濱，經濟發展"


def test_a_table_of_unusual_readings_leaves_no_glosses():
    assert strip("音樂(yuè)、會(kuài)計、種(zhòng)植、單(shàn)縣") == "音樂、會計、種植、單縣"


MIRRORED = mirror.garble(
    "近年来，产业结构调整优化，经济质量发展创新，环境资源统计监测，国际贸易协议签订，农业农村现代化建设，"
    "铁路运输车辆检验，饮用水源头保护规划，快乐的节日，许多专业人员关心这个问题。"
)


def test_a_page_that_shows_the_mirrors_table_keeps_unusual_readings():
    assert strip(MIRRORED + "樂(yuè)清").endswith("樂(yuè)清")
    assert strip(MIRRORED + "振興(xīng)").endswith("振興")


def test_aids_on_characters_that_change_in_words_only():
    page = MIRRORED + "想像(xiàng)力、座(zuò)標、亳(bó)州"
    assert strip(page).endswith("想像力、座標、亳(bó)州")
    assert strip("想像(xiàng)力") == "想像(xiàng)力"


def test_what_a_mirror_writes_for_two_characters_has_the_usual_reading_of_each():
    assert strip(MIRRORED + "看著(zhe)、隨著(zhù)、名著(zhù)").endswith("看著、隨著、名著")
    assert strip("看著(zhe)、著(zhuó)力") == "看著(zhe)、著(zhuó)力"
    assert strip(MIRRORED + "著(zhuó)力").endswith("著(zhuó)力")


def test_a_mirror_that_leaves_the_script_alone():
    page = "发(fā)展产(chǎn)业(yè)经(jīng)济(jì)，产(chǎn)业(yè)发(fā)展，经(jīng)济(jì)区"
    assert strip(page) == "发展产业经济，产业发展，经济区"
    once = "发(fā)展，产(chǎn)出，业(yè)务，经(jīng)营，救济(jì)"
    assert strip(once) == once
    names = "乐(yuè)清、单(shàn)县、颍(yǐng)上、缙(jìn)云、荥(xíng)阳、郏(jiá)县、渑(miǎn)池、应(yìng)县。" * 2
    assert strip(names) == names


@pytest.mark.parametrize("share", [0.2, 0.6, 1.0])
@pytest.mark.parametrize("style", [mirror.SEED, mirror.Style(brackets=("（", "）")), mirror.Style(tones=False)])
def test_forward_and_back(share, style):
    text = "攀枝花市经济社会发展质量提升，产业转型升级加快，当地群众收入增长。"
    garbled = mirror.garble(text, share=share, style=style, seed=5)
    assert garbled != text
    assert restore(garbled) == text


DISGUISES = [
    "【{}】", "［{}］", "〔{}〕", "[{}]", "( {} )", " ({})", "\u3000（{}）", "(\u200b{}\u200b)", "\u200b({})", "({})({})", "({})（{}）",
    "({}({}))", "(({}))", "&#40;{}&#41;", "&#x28;{}&#x29;", "&amp;#40;{}&amp;#41;", "（{}&nbsp;）", "&lt;rt&gt;{}&lt;/rt&gt;", "<rt>{}</rt>",
]  # fmt: skip


def disguised(form, syllable):
    return form.replace("{}", syllable)


@pytest.mark.parametrize("form", DISGUISES)
@pytest.mark.parametrize("syllable", ["fā", "Fā", "FĀ", "fa\u0304", "f&#257;", "f\u200bā"])
def test_aids_in_other_dirt_go_and_twice_is_once(form, syllable):
    text = f"經濟發{disguised(form, syllable)}展很快"
    assert restore(text, into="keep") == "經濟發展很快"
    assert restore(restore(text)) == restore(text)


@pytest.mark.parametrize("form", DISGUISES)
def test_a_gloss_in_other_dirt_stays_as_it_is(form):
    text = f"近日，記者來到樂{disguised(form, 'yuè')}清採訪。"
    assert strip(text) == text
    kept = restore(text)
    assert restore(kept) == kept
    assert "yuè" in kept


def test_a_bracket_around_stays_whole():
    assert strip("(含園區(qū))、鹽邊") == "(含園區)、鹽邊"
    assert strip("（含園【qū】區（qū））") == "（含園【qū】區）"
    assert strip("(含園區 (qū))") == "(含園區)"


def test_a_blank_behind_belongs_to_the_aid_where_one_stands_before():
    assert strip("發 (fā) 展") == "發展"
    assert strip("發【fā】 展") == "發 展"


def test_a_table_without_tones_or_brackets_shows_itself():
    page = "經(jīng)濟(jì)發(fā)展，產(chǎn)業(yè)結(jié)構(gòu)調(diào)整，統(tǒng)計監(jiān)測，我們(men)開會"
    assert strip(page) == "經濟發展，產業結構調整，統計監測，我們開會"
    for form in ("{}", "【{}】", " ({})"):
        other = page.replace("(", "\0").replace(")", "\1")
        other = other.replace("\0", form.partition("{}")[0]).replace("\1", form.partition("{}")[2])
        assert strip(other) == strip(page)


def test_what_may_be_aids_and_is_not_proved_is_marked():
    text = "发(fā)展，产(chǎn)出，业(yè)务，经(jīng)营，救济(jì)"
    assert restore(text) == text
    spans = damage.find(text)
    assert [text[span.start : span.end] for span in spans] == ["(fā)", "(chǎn)", "(yè)", "(jīng)", "(jì)"]
    assert {span.kind for span in spans} == {"aid"}
    assert damage.find("乐(yuè)清、单(shàn)县、颍(yǐng)上、缙(jìn)云、荥(xíng)阳、郏(jiá)县、渑(miǎn)池") == ()
    assert damage.find("发(fā)展，产(chǎn)出") == ()
    assert damage.find("方案(a)、标准(GB)、维生素(A)、乙(B)、丙(C)、丁(D)") == ()
