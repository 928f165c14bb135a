"""Policy: the time line, and one document with all that was written of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from monitor.web.answer import Answer, Asked, Entry, Refused
from monitor.web.question import LAST_PAGE, LONGEST_WORDS, UNSEEN, YEAR, BadQuestion, page_number
from monitor.web.reads import policies
from monitor.web.reads.articles import Row
from monitor.web.reads.policies import ALL_REGIONS, Wanted, day_of, kind_of_day
from monitor.web.reads.searching import tag_names
from monitor.web.views.common import code_of, entry

A_PAGE = 40
FILTERS = ("region", "issuer", "kind", "year", "q")


def time_line(asked: Asked) -> Answer:
    """The policy records of a region, the newest first."""
    given = _given(asked)
    home = asked.config.home_region[0] if asked.config.home_region else ALL_REGIONS
    chosen = {name: given.get(name, "") for name in FILTERS} | {"region": given.get("region", home)}
    lookup = asked.config.names.get("region")
    if lookup is not None and chosen["region"] != ALL_REGIONS:
        chosen["region"] = code_of(chosen["region"], lookup)
    wanted = Wanted(
        **chosen
        | {"q": asked.config.fold(chosen["q"]), "region": "" if chosen["region"] == ALL_REGIONS else chosen["region"]}
    )
    found = policies.find(asked.conn, wanted)
    page = page_number(given.get("page", "1"))
    last = max(1, min(LAST_PAGE, -(-len(found.records) // A_PAGE)))
    shown = found.records[(page - 1) * A_PAGE : page * A_PAGE]
    regions = policies.regions(asked.conn)
    names = {**asked.config.called, **{code: name for code, name, _ in regions}} | dict(
        [asked.config.home_region] if asked.config.home_region else []
    )
    region_name = names.get(wanted.region, "")
    strange = bool(wanted.region and not region_name and not tag_names(asked.conn, [wanted.region]))
    return Answer(
        template="policy.html",
        title=f"{region_name}政策时间线",
        context={
            "years": [(year, list(rows)) for year, rows in groupby(shown, key=lambda row: day_of(row).year)],
            "day_of": day_of,
            "kind_of_day": kind_of_day,
            "articles": policies.articles_of(asked.conn, [row["id"] for row in shown]),
            "total": len(found.records),
            "facets": found.facets,
            "regions": regions,
            "region_name": region_name,
            "strange": strange,
            "chosen": chosen,
            "filtered": any(chosen[name] for name in FILTERS if name != "region"),
            "page_address": lambda page: _address(given, {"page": str(page)}),
            "page": page,
            "last": last,
        },
        json=lambda: {
            "total": len(found.records),
            "filters": asdict(wanted),
            "facets": found.facets,
            "records": [as_json(row) for row in shown],
        },
        feed=lambda: [record_entry(row) for row in shown],
    )


def record(asked: Asked) -> Answer:
    """One policy document: what is known of it, and the articles about it."""
    number = asked.id()
    row = policies.one(asked.conn, number)
    if row is None:
        raise Refused(404, f"没有编号为 {number} 的政策记录。", hint="可以回到政策时间线，按标题或文号查找。")
    articles = policies.articles_of(asked.conn, [number])[number]
    return Answer(
        template="record.html",
        title=name_of(row),
        context={
            "record": row,
            "detail": row["detail"] or {},
            "articles": articles,
            "documents": [one for one in articles if one["role"] == "document"],
            "day_of": day_of,
            "kind_of_day": kind_of_day,
        },
        json=lambda: as_json(row) | {"articles": articles},
        feed=lambda: [record_entry(row), *(entry(one, "") for one in articles)],
    )


def name_of(row: Row) -> str:
    """What a record is called: 《title》, else its number."""
    return f"《{row['title']}》" if row["title"] else (row["number"] or f"政策记录 {row['id']}")


def as_json(row: Row) -> dict[str, Any]:
    """A record for other programs."""
    return dict(row)


def record_entry(row: Row) -> Entry:
    """A record as an entry of a feed."""
    lines = [
        "、".join(row["issuers"]),
        row["number"] or "",
        *(f"{one['what']}：{one['value']}" for one in (row["detail"] or {}).get("targets") or ()),
    ]
    return Entry(
        path=f"/policy/{row['id']}",
        title=name_of(row),
        updated=row["changed_at"],
        published=row["first_seen_at"],
        text="\n".join(line for line in lines if line),
        author="、".join(row["issuers"]) or None,
    )


def _given(asked: Asked) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in asked.pairs:
        tidy = UNSEEN.sub(" ", value).strip()
        if name in (*FILTERS, "page") and tidy:
            if len(tidy) > LONGEST_WORDS:
                raise BadQuestion(f"筛选条件最多 {LONGEST_WORDS} 个字。")
            given[name] = tidy
    if "year" in given and not YEAR.fullmatch(given["year"]):
        raise BadQuestion("年份应为四位数字，例如 2020。")
    return given


def _address(given: Mapping[str, str], changes: Mapping[str, str]) -> str:
    pairs: Sequence[tuple[str, str]] = [
        (name, value) for name, value in ({**given, "page": ""} | dict(changes)).items() if value
    ]
    return "/policy" + (f"?{urlencode(pairs)}" if pairs else "")
