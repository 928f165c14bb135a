"""How well and how fast articles are read, by us and by what people use today.

    python -m benchmarks.extraction [--pages DIR] [--systems ours,gne,…]

DIR holds ``labels.jsonl`` and the pages it names; without it, or where it is absent, nothing is measured and the last
line says so. One JSON object a system and group of pages (all, traditional, government), then one a system with the
share of pages on which it gives each further field as data, then a summary.

title, origin, author, editor: equal but for white space and the width of punctuation, names in either script; authors
and editors as sets of names. date: the same day; time: the same minute, where the label has one. body_f1: character 4-grams, white space left
out. A label that is null is not judged. CPU ms a page, each page read once after a warm-up, decoding included for ours.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import statistics
import sys
import time
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crawler.extraction import read_article
from crawler.items import Page, ScrapedArticle
from pipelines.clean import clean
from pipelines.text.script import to_simplified

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEFAULT = Path(__file__).resolve().parents[1] / ".." / "shared" / "pages"
ADDRESS = "http://news.example/a.html"
FIELDS = ("origin", "reprinted_from", "editor", "rights", "related", "attachments", "official", "column", "images")


@dataclass(frozen=True)
class Given:
    """A page: as bytes for ours, decoded rightly for the others."""

    body: bytes
    text: str
    url: str
    script: str


@dataclass(frozen=True)
class Answer:
    """What a system says of a page."""

    title: str | None = None
    date: str | None = None
    body: str | None = None
    origin: str | None = None
    author: str | None = None
    editor: str | None = None
    related: tuple[str, ...] = ()
    gives: frozenset[str] = frozenset()


def _iso(value: object) -> str | None:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else (str(value) if value else None)


def _names(value: object) -> str | None:
    if isinstance(value, list):
        return "、".join(str(one) for one in value) or None
    return str(value) if value else None


def ours(page: Given) -> Answer:
    scraped = read_article(Page(url=page.url, body=page.body), None)
    if not isinstance(scraped, ScrapedArticle):
        return Answer()
    article = clean(scraped, now=NOW)
    original = page.script != "zh-Hans"
    return Answer(
        title=article.title_original if original else article.title,
        date=_iso(article.published_at),
        body=article.body_original if original else article.body,
        origin=article.origin,
        author=article.author,
        editor=article.editor,
        related=tuple(link.title for link in (scraped.related if original else article.related)),
        gives=frozenset(name for name in FIELDS if getattr(article, name)),
    )


def gne(page: Given) -> Answer:
    from gne import GeneralNewsExtractor

    found = GeneralNewsExtractor().extract(page.text)
    return Answer(title=found["title"], date=found["publish_time"], body=found["content"], author=found["author"])


def trafilatura(page: Given) -> Answer:
    from trafilatura import bare_extraction

    found: Any = bare_extraction(page.text, url=page.url, with_metadata=True, include_comments=False)
    if found is None:
        return Answer()
    return Answer(title=found.title, date=found.date, body=found.text, author=found.author)


def newspaper4k(page: Given) -> Answer:
    import newspaper

    article = newspaper.Article(page.url, language="zh", fetch_images=False)
    article.download(input_html=page.text)
    article.parse()
    return Answer(
        title=article.title, date=_iso(article.publish_date), body=article.text, author=_names(article.authors)
    )


def readability(page: Given) -> Answer:
    from lxml import html
    from readability import Document

    document = Document(page.text)
    content = html.fromstring(document.summary()).text_content()
    return Answer(title=document.short_title(), body=content)


def news_please(page: Given) -> Answer:
    from newsplease import NewsPlease

    found = NewsPlease.from_html(page.text, url=page.url, fetch_images=False)
    return Answer(title=found.title, date=_iso(found.date_publish), body=found.maintext, author=_names(found.authors))


System = Callable[[Given], Answer]
SYSTEMS: dict[str, tuple[System, str]] = {
    "ours": (ours, "crawler"),
    "gne": (gne, "gne"),
    "trafilatura": (trafilatura, "trafilatura"),
    "newspaper4k": (newspaper4k, "newspaper"),
    "readability": (readability, "readability"),
    "news-please": (news_please, "newsplease"),
}


def plain(text: str | None) -> str:
    text = unicodedata.normalize("NFKC", text or "")
    return re.sub(r"\s+", "", text).replace("“", '"').replace("”", '"').replace("‘", "'").replace("’", "'")


def undated(title: str) -> str:
    """A related title without the date that some labels carry along."""
    return re.sub(r"\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?$", "", plain(title))


def names(text: str | None) -> frozenset[str]:
    text = to_simplified(unicodedata.normalize("NFKC", text or ""))
    return frozenset(name for name in re.split(r"[\s、，,/／;；]+", text) if name)


def folded(text: str | None) -> str:
    """A name in one script: whether a reader gives it as printed or in simplified characters is no difference."""
    return to_simplified(plain(text))


def f1(got: str | None, wanted: str) -> float:
    def grams(text: str) -> Counter[str]:
        bare = re.sub(r"\s+", "", text)
        return Counter(bare[at : at + 4] for at in range(max(1, len(bare) - 3)))

    if not got:
        return 0.0
    left, right = grams(got), grams(wanted)
    return 2 * sum((left & right).values()) / (sum(left.values()) + sum(right.values()))


def mean(values: list[float]) -> float | None:
    return round(statistics.fmean(values), 3) if values else None


def score(pairs: list[tuple[dict[str, Any], Answer, float]], system: str, group: str) -> dict[str, Any]:
    titles, dates, times, origins, authors, editors, bodies, related = ([] for _ in range(8))
    for label, answer, _ in pairs:
        if label["title"]:
            titles.append(float(plain(answer.title) == plain(label["title"])))
        if label["published_at"]:
            dates.append(float((answer.date or "")[:10] == label["published_at"][:10]))
            if len(label["published_at"]) > 10:
                times.append(float((answer.date or "").replace("T", " ")[:16] == label["published_at"][:16]))
        if label["origin"]:
            origins.append(float(folded(answer.origin) == folded(label["origin"])))
        if label["author"]:
            authors.append(float(names(answer.author) == names(label["author"])))
        if label["editor"]:
            editors.append(float(names(answer.editor) == names(label["editor"])))
        if label["body"]:
            bodies.append(f1(answer.body, label["body"]))
        wanted = label.get("related_titles") or []
        if wanted:
            got = {undated(title) for title in answer.related}
            related.append(sum(undated(title) in got for title in wanted) / len(wanted))
    return {
        "system": system,
        "group": group,
        "pages": len(pairs),
        "title": mean(titles),
        "date": mean(dates),
        "time": mean(times),
        "origin": mean(origins),
        "author": mean(authors),
        "editor": mean(editors),
        "body_f1": mean(bodies),
        "body_f1_ge90": mean([float(value >= 0.9) for value in bodies]),
        "related": mean(related),
        "no_answer": sum(not (answer.title and answer.body) for _, answer, _ in pairs),
        "ms_median": round(statistics.median(ms for _, _, ms in pairs), 2),
    }


def run(
    system: str, labels: list[dict[str, Any]], pages: Path, verbose: bool
) -> list[tuple[dict[str, Any], Answer, float]]:
    read = SYSTEMS[system][0]
    pairs = []
    for number, label in enumerate([labels[0], *labels]):
        body = (pages / label["page"]).read_bytes()
        text = body.decode(label["encoding"], "replace")
        began = time.process_time()
        try:
            answer = read(Given(body, text, label["url"] or ADDRESS, label["script"]))
        except Exception as error:
            if system == "ours":
                raise
            print(f"{system}: {label['page']}: {error!r}", file=sys.stderr)
            answer = Answer()
        spent = (time.process_time() - began) * 1000
        if number:
            pairs.append((label, answer, spent))
            if verbose and system == "ours":
                explain(label, answer)
    return pairs


def explain(label: dict[str, Any], answer: Answer) -> None:
    """Tells on standard error what of a page was read otherwise than labelled."""
    for name, got, wanted in (
        ("title", plain(answer.title), plain(label["title"])),
        ("date", (answer.date or "")[:16], (label["published_at"] or "")[:16]),
        ("origin", folded(answer.origin), folded(label["origin"])),
        ("author", names(answer.author), names(label["author"])),
        ("editor", names(answer.editor), names(label["editor"])),
    ):
        if wanted and (got[: len(wanted)] if name == "date" else got) != wanted:
            print(f"{label['page']}: {name} {got!r}, not {wanted!r}", file=sys.stderr)
    value = f1(answer.body, label["body"])
    if value < 0.99:
        print(f"{label['page']}: body {value:.3f}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=DEFAULT)
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--verbose", action="store_true", help="tell on standard error what of ours differs")
    options = parser.parse_args()
    if not (options.pages / "labels.jsonl").exists():
        print(json.dumps({"measured": False, "why": f"no labels.jsonl in {options.pages.name}"}))
        return
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    labels = [json.loads(line) for line in (options.pages / "labels.jsonl").read_text("utf-8").splitlines() if line]
    groups: dict[str, Callable[[dict[str, Any]], bool]] = {
        "all": lambda _: True,
        "traditional": lambda label: label["script"] == "zh-Hant",
        "government": lambda label: label["kind"] == "gov",
    }
    given: list[dict[str, Any]] = []
    absent: list[str] = []
    summary: dict[str, Any] = {"measured": True, "pages": len(labels)}
    for system in options.systems.split(","):
        if find_spec(SYSTEMS[system][1]) is None:
            absent.append(system)
            continue
        pairs = run(system, labels, options.pages, options.verbose)
        for group, belongs in groups.items():
            part = [pair for pair in pairs if belongs(pair[0])]
            if part:
                row = score(part, system, group)
                print(json.dumps(row, ensure_ascii=False), flush=True)
                if group == "all":
                    summary[system] = {key: row[key] for key in ("title", "date", "origin", "body_f1", "ms_median")}
        shares = {name: round(sum(name in answer.gives for _, answer, _ in pairs) / len(pairs), 2) for name in FIELDS}
        given.append({"system": system, "fields_given": shares})
    for row in given:
        print(json.dumps(row, ensure_ascii=False))
    print(json.dumps({**summary, "absent": absent}, ensure_ascii=False))


if __name__ == "__main__":
    main()
