"""Search: words in either script, facets, and the same as JSON and feed."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from monitor.web.answer import Answer, Asked, Entry
from monitor.web.config import Config
from monitor.web.question import FACETS, LAST_PAGE, Question, read, toggles, write
from monitor.web.reads.searching import Results, find, newest, tag_names, unknown
from monitor.web.views.common import code_of, entry, source_title
from monitor.web.words import RELATION

FEED_LENGTH = 50


def search(asked: Asked) -> Answer:
    """A page of what is found."""
    question = coded(read(asked.pairs), asked.config)
    results = find(asked.conn, question, asked.config.fold)
    toggled = toggles(question)
    return Answer(
        template="search.html",
        title=described(question, asked) or "全部文章",
        context={
            "question": question,
            "results": results,
            "pages": min(results.pages, LAST_PAGE),
            "toggled": lambda facet, value: f"/search?{toggled(facet, value)}",
            "bare_address": f"/search?{write(question, **dict.fromkeys(FACETS, ()))}",
            "unknown": () if results.total else unknown(asked.conn, question, asked.config.sources),
            "address": lambda **changes: f"/search?{write(question, **changes)}",
            "written": write(question),
            "name_of": lambda facet, value: name_of(facet, value.code, value.name, asked),
            "source_title": lambda name: source_title(asked, name),
            "page_address": lambda page: f"/search?{write(question, page=page)}",
            "only_words": question.q and write(question) == write(Question(q=question.q)),
            "words_address": f"/search?{write(Question(q=question.q))}",
            "feed": f"/search.atom?{write(replace(question, page=1))}",
        },
        json=lambda: _json(question, results),
        feed=lambda: _feed(asked, question),
    )


def coded(question: Question, config: Config) -> Question:
    """The question with the names that people use for regions, industries and sources as the archive's codes."""
    facets: dict[str, Any] = {
        facet: tuple(dict.fromkeys(code_of(value, config.names[facet]) for value in getattr(question, facet)))
        for facet in config.names
    }
    return replace(question, **facets)


def named(facet: str, code: str, config: Config) -> bool:
    """Whether the profile knows the code, even if no article has it yet."""
    try:
        return facet in config.names and config.names[facet](code) == code
    except ValueError:
        return False


def described(question: Question, asked: Asked) -> str:
    """The question in a reader's words: 钒钛 · 攀枝花市 · 2020年."""
    names = {**asked.config.called, **tag_names(asked.conn, (*question.region, *question.industry))}
    chosen = [
        name_of(facet, value, names.get(value, value), asked)
        for facet in ("region", "industry", "kind", "relation", "year", "source")
        for value in getattr(question, facet)
    ]
    return " · ".join([question.q, *chosen] if question.q else chosen)


def name_of(facet: str, code: str, name: str, asked: Asked) -> str:
    """What a facet's value is called."""
    match facet:
        case "source":
            return source_title(asked, code)
        case "relation":
            return RELATION.get(code, code)
        case "year":
            return f"{code}年"
        case _:
            return name


def _json(question: Question, results: Results) -> dict[str, Any]:
    return {
        "question": asdict(question),
        "total": results.total,
        "total_is_least": results.more,
        "searchable": results.searchable,
        "facets": results.facets,
        "hits": [hit.to_json() for hit in results.hits],
    }


def _feed(asked: Asked, question: Question) -> list[Entry]:
    """The newest finds, whatever order the page has."""
    return [entry(row) for row in newest(asked.conn, question, asked.config.fold, limit=FEED_LENGTH)]
