"""Articles of raw pages, as the Spark job reads them: without Spark."""

from __future__ import annotations

from pathlib import Path

from crawler.spark_job import _articles
from storage.raw import Raw, pack
from tests.storage.samples import exchange


def test_an_article_in_parts_is_one(tmp_path: Path) -> None:
    def part(number: int, onward: str) -> bytes:
        lines = "".join(f"<p>第{number}页的第{line}段说，当地的芒果种植面积今年又有扩大。</p>" for line in "一二三四")
        return (
            f"<html><title>芒果之乡见闻</title><h1>芒果之乡见闻</h1><div>2024-05-01 来源：乡村报</div>"
            f"<div class='dc-ccm1'>{lines}</div><div class='pages'>{onward}</div></html>"
        ).encode("gbk")

    place = "://www.cinic.org.cn/xy/sc/1001"
    with Raw(tmp_path / "warc") as raw:
        raw.put(pack(exchange(f"https{place}.html", part(1, '<a href="/xy/sc/1001_2.html">下一页</a>'))))
        raw.put(pack(exchange("http://www.cinic.org.cn/xy/sc/7.html", part(7, ""))))
        raw.put(pack(exchange(f"https{place}_2.html", part(2, '<a href="/xy/sc/1001.html">1</a>'))))
    (file,) = (tmp_path / "warc").glob("*.warc.gz")
    whole, other = (article for article, _ in _articles(str(file)))
    assert whole.url == f"http{place}.html", "in the one form that a crawl gives it"
    assert "第1页的第四段" in whole.body
    assert "第2页的第四段" in whole.body
    assert "第7页" in other.body
