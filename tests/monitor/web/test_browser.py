"""The page as its readers have it: a real Chromium, keyboard, phone, dark, and axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from monitor.web.config import Config
from storage import db
from tests.monitor.web.browser import AXE, Browser, browser, serving, visit  # noqa: F401 - a fixture
from tests.monitor.web.conftest import TOKEN, furnished

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
PAGES = (
    "/", "/search?q=钒钛", "/search?q=没有的词语", "/articles/1", "/articles/25", "/articles/61", "/articles/61/raw",
    "/articles/62/revisions/1", "/articles/1/compare/2", "/policy", "/policy/1", "/operations", "/sources/panzhihua",
    "/watches", "/watches/1", "/sign-in", "/nowhere",
)  # fmt: skip


@pytest.fixture
def page(browser: Browser, config: Config) -> Iterator[Page]:  # noqa: F811
    with visit(browser, config) as page:
        yield page


def test_search_and_facet(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("釩鈦")
    page.keyboard.press("Enter")
    expect(page.locator(".results mark").first).to_have_text("钒钛")
    before = page.locator("#total").inner_text()
    page.get_by_role("link", name="米易县").first.click()
    expect(page.locator(".facets .chosen")).to_contain_text("米易县")
    expect(page).to_have_url(re.compile("region=510421"))
    assert page.locator("#total").inner_text() != before
    page.go_back()
    expect(page.locator("#total")).to_have_text(before)
    page.goto("/search?q=钒钛&region=510421")
    page.locator(".facets .chosen").click()
    expect(page.locator(".facets .chosen")).to_have_count(0)


def test_a_second_question_keeps_the_page(page: Page) -> None:
    """The finds are exchanged in place; what was typed stays, and the address follows."""
    page.goto("/search?q=钒钛")
    page.evaluate("window.kept = true")
    page.get_by_role("searchbox").fill("石墨")
    page.keyboard.press("Enter")
    expect(page.locator(".results mark").first).to_have_text("石墨")
    assert page.evaluate("window.kept") is True
    assert "%E7%9F%B3%E5%A2%A8" in page.url
    page.get_by_role("link", name="最新", exact=True).click()
    expect(page.locator(".switch [aria-current]")).to_have_text("最新")
    assert page.evaluate("window.kept") is True


def test_all_works_without_scripts(browser: Browser, config: Config) -> None:  # noqa: F811
    with visit(browser, config, java_script_enabled=False) as page:
        page.goto("/search")
        page.get_by_role("searchbox").fill("钒钛")
        page.get_by_role("button", name="检索").click()
        expect(page.locator(".results mark").first).to_have_text("钒钛")
        page.get_by_role("link", name="米易县").first.click()
        expect(page.locator(".facets .chosen")).to_contain_text("米易县")


def test_article_graph_reprint_and_diff(page: Page) -> None:
    page.goto("/articles/1")
    expect(page.locator("svg.graph .node.centre")).to_have_count(1)
    expect(page.locator("svg.graph .edge")).to_have_count(page.locator("svg.graph .node:not(.centre)").count())
    page.get_by_role("link", name="逐句对比").first.click()
    expect(page.locator(".pair del").first).to_be_visible()
    expect(page.locator(".pair ins").first).to_be_visible()
    page.goto("/articles/62")
    page.get_by_role("link", name="第 1 版 → 第 2 版").click()
    expect(page.locator("del", has_text="168").last).to_be_visible()
    expect(page.locator("ins", has_text="186").last).to_be_visible()


def test_evidence_and_citation(page: Page) -> None:
    page.goto("/articles/1")
    page.get_by_text("每个字段的依据").click()
    expect(page.get_by_role("cell", name="来源：", exact=True)).to_be_visible()
    expect(page.locator("#gbt")).to_contain_text("[EB/OL]")


def test_policy_filter_and_record(page: Page) -> None:
    page.goto("/policy")
    page.get_by_label("年份").select_option(index=1)
    page.get_by_role("button", name="筛选").click()
    expect(page.locator(".line > li")).to_have_count(1)
    page.locator(".line h3 a").click()
    expect(page.get_by_role("heading", name="始末")).to_be_visible()
    expect(page.get_by_role("cell", name="2000亿元以上")).to_be_visible()


def test_policy_prints_without_the_frame(page: Page) -> None:
    page.goto("/policy")
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".line h3").first).to_be_visible()


def test_source_page(page: Page) -> None:
    page.goto("/operations")
    page.get_by_role("link", name="攀枝花市人民政府").click()
    expect(page.get_by_text("正文字段近 20 篇为空")).to_be_visible()
    expect(page.locator(".chart rect").first).to_be_attached()


def test_saving_a_watch_and_sending_again(browser: Browser, tmp_path: Path, sqlite_engine: Any) -> None:  # noqa: F811
    with visit(browser, furnished(sqlite_engine, tmp_path)) as page:
        page.goto("/search?q=钒钛&region=510421")
        page.get_by_role("link", name="存为关注").click()
        page.get_by_label("令牌").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("令牌不对")
        page.get_by_label("令牌").fill(TOKEN)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/search.*region=510421"))
        page.get_by_role("button", name="存为关注").click()
        expect(page.get_by_role("heading", name="钒钛 · 米易县")).to_be_visible()
        page.goto("/operations")
        page.get_by_role("button", name="重发").click()
        expect(page.get_by_role("heading", name="搁置的提醒")).to_have_count(0)
        page.goto("/watches")
        page.get_by_role("link", name="钒钛 · 米易县").click()
        page.get_by_role("button", name="删除这个关注").click()
        expect(page.get_by_role("link", name="钒钛 · 米易县")).to_have_count(0)
        page.get_by_role("button", name="退出登录").click()
        expect(page.get_by_role("link", name="登录")).to_be_visible()


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/articles/1")
    page.keyboard.press("Tab")
    expect(page.get_by_text("跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("钒钛/石墨")
    expect(page.get_by_role("searchbox")).to_have_value("钒钛/石墨")
    page.goto("/search?q=钒钛")
    page.locator(".facets a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".facets .chosen")).to_have_count(1)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert isinstance(outline, str)


def test_nothing_is_wider_than_a_phone(browser: Browser, config: Config) -> None:  # noqa: F811
    with visit(browser, config, **PHONE) as page:
        for path in PAGES:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_dark_is_dark_and_light_is_light(browser: Browser, config: Config) -> None:  # noqa: F811
    luminance = """() => {
        const [r, g, b] = getComputedStyle(document.documentElement).backgroundColor.match(/[0-9.]+/g).map(Number);
        return (r + g + b) / 3;
    }"""
    for scheme, low, high in (("dark", 0, 40), ("light", 220, 255)):
        with visit(browser, config, color_scheme=scheme) as page:
            page.goto("/articles/1")
            assert low <= page.evaluate(luminance) <= high


LIGHT = (
    '{resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}'
)
DARK = """{resultTypes: ["violations"], runOnly: {type: "rule", values:
    ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]}}"""
"""The rules that colours and width can break; the others have looked at the same document in the light."""


@pytest.mark.parametrize(
    ("scheme", "width", "rules"), [("light", 1280, LIGHT), ("dark", 360, DARK)], ids=["light", "dark"]
)
def test_axe_finds_no_fault(browser: Browser, config: Config, scheme: str, width: int, rules: str) -> None:  # noqa: F811
    if not AXE.exists():
        pytest.skip("axe-core is not there: npm ci --prefix tests/monitor/web (make test does so where npm is)")
    source = AXE.read_text("utf-8")
    with visit(browser, config, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        for path in PAGES if scheme == "light" else PAGES[1::2]:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            page.evaluate(source)
            faults = page.evaluate(f"axe.run({rules})")["violations"]
            told = [(one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"]) for one in faults]
            assert told == [], path


def test_serving_ends(config: Config) -> None:
    with serving(config) as base:
        assert base.startswith("http://127.0.0.1:")
    assert db.check(config.engine)
