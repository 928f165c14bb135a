"""延伸阅读, however a page decorates it; and what only looks alike."""

import pytest

from pipelines.text.headings import is_own, is_soft, may_be_own, named


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("延伸阅读", "延伸阅读"), ("延 伸 阅 读", "延伸阅读"), ("延伸　阅读：", "延伸阅读"), ("延伸·阅读", "延伸阅读"), ("延伸阅读(3)", "延伸阅读"), ("延伸阅读（3条）", "延伸阅读"),
        ("▶延伸阅读", "延伸阅读"), ("◎延伸阅读", "延伸阅读"), ("——延伸阅读——", "延伸阅读"), ("“延伸阅读”", "延伸阅读"), ("#延伸阅读#", "延伸阅读"), ("【延伸阅读】", "延伸阅读"),
        ("延伸阅读 Further Reading", "延伸阅读"), ("延伸阅读 / Further Reading", "延伸阅读"), ("延伸閱讀", "延伸閱讀"), ("拓展阅读", "拓展阅读"), ("延展阅读", "延展阅读"),
        ("相关资讯", "相关资讯"), ("相关政策", "相关政策"), ("新闻链接", "新闻链接"), ("相关新闻 更多>>", "相关新闻"), ("相关阅读 more+", "相关阅读"),
        ("延伸阅读 | 热点新闻", "延伸阅读"), ("本文相关新闻", "本文相关新闻"),
    ],
)  # fmt: skip
def test_headings_of_further_reading(line, heading):
    assert named(line) == heading
    assert is_own(heading)


def test_each_heading_of_further_reading_has_a_sign_by_which_lines_are_told():
    firsts = "延伸,拓展,扩展,擴展,延展,推荐,推薦,关联,關聯,相关,相關,新闻,新聞,政策"
    seconds = "阅读,閱讀,推荐,推薦,新闻,新聞,链接,鏈接,連結,报道,报導,報道,文章,文件,解读,解讀,稿件,资讯,資訊,政策,原文"
    lines = [first + second for first in firsts.split(",") for second in seconds.split(",")]
    own = [line for line in lines if line == named(line) and is_own(line)]
    assert len(own) > 40
    assert all(map(may_be_own, own))
    assert not may_be_own("攀枝花市加快钒钛产业发展")


@pytest.mark.parametrize(
    "line", ["猜你喜欢", "热点新闻", "更多新闻", "相关推荐", "往期回顾", "为您推荐", "您可能感兴趣的文章"]
)
def test_what_a_site_recommends_is_a_heading_and_not_the_articles_own(line):
    assert named(line)
    assert not is_own(named(line))


@pytest.mark.parametrize(
    "line",
    [
        "", "延伸", "阅读", "延伸阅读空间，建设书香城市", "相关政策文件已印发各县区", "相关政策 由市经信局负责解释", "相关新闻发布会明日召开", "新闻链接失效", "推荐阅读书目二十种",
        "拓展阅读教学", "延伸阅读：攀枝花芒果走出国门", "Further Reading", "（3）",
    ],
)  # fmt: skip
def test_lines_that_begin_alike_are_none(line):
    assert named(line) is None


def test_names_of_sections_need_links():
    assert is_soft("相关政策")
    assert not is_soft("延伸阅读")
