"""``panxi show``: one article."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, archive, emit, facts, fail, local, page
from crawler.cli.help import examples

if TYPE_CHECKING:
    from storage.archive import Archive

app = typer.Typer(add_completion=False)

LONGEST_ID = 19
"""Digits; the databases count to nineteen."""


@app.command(
    epilog=examples(
        "panxi show 1",
        "panxi show http://www.cinic.org.cn/xy/sc/1.html",
        "panxi show 1 --diff",
        "panxi show 1 --json | jq .policy",
    )
)
def show(
    which: Annotated[str, typer.Argument(metavar="ID", help="An article's number or address.")],
    original: Annotated[bool, typer.Option("--original", help="The text as the page has it.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="What changed from revision to revision.")] = False,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """One article: its text, where it came from, its related links and its reprints."""
    from storage.archive import Archive

    with archive(db) as engine:
        kept = Archive(engine)
        found = kept.by_id(int(which)) if which.isdecimal() and len(which) < LONGEST_ID else _by_url(kept, which)
        if found is None:
            fail(f"no article {which!r} in the archive", hint="panxi search finds articles by their words", code=1)
        if diff:
            _diff(kept, found, as_json=as_json)
        elif as_json:
            emit(found)
        else:
            _tell(kept, found, original=original)


def _by_url(kept: Archive, typed: str) -> dict[str, Any] | None:
    """The article at an address that a person typed, in whichever form the archive has it."""
    from crawler.sites import site_for
    from crawler.urls import canonical

    url = canonical(typed) or typed
    site = site_for(url)
    return kept.by_url(url) or (kept.by_url(site.at_home(url)) if site else None)


def _tell(kept: Archive, article: dict[str, Any], *, original: bool) -> None:
    from rich.text import Text

    out = page()
    out.print(article["title_original"] if original else article["title"], style="bold", markup=False)
    known = (
        ("published", _day(article)),
        ("origin", article["origin"]),
        ("reprinted from", article["reprinted_from"]),
        ("author", article["author"]),
        ("editor", article["editor"]),
        ("regions", "、".join(tag["name"] for tag in article["regions"])),
        ("industries", "、".join(tag["name"] for tag in article["industries"])),
        ("policy", _policy(article["policy"])),
        ("address", article["url"]),
        ("first seen", f"{local(datetime.fromisoformat(article['first_seen_at']))} +08:00"),
    )
    table = facts()
    for name, value in known:
        if value:
            table.add_row(Text(name, justify="right"), Text(value), style="dim")
    out.print(table)
    out.print()
    for paragraph in ((article["body_original"] if original else article["body"]) or "").split("\n"):
        out.print(f"　　{paragraph}", markup=False)
    if article["rights"]:
        out.print(f"\n{article['rights']}", markup=False, style="dim")
    if article["related"]:
        out.print("\n延伸阅读", style="bold")
        for link in article["related"]:
            out.print(f"  {link['date'] or '':10}  {link['title']}", markup=False)
            out.print(f"  {'':10}  {link['url'] or ''}", markup=False, style="dim")
    reprints = (
        [one for one in kept.cluster(article["cluster"]) if one["id"] != article["id"]] if article["cluster"] else []
    )
    if reprints:
        out.print("\nThe same text", style="bold")
        for one in reprints:
            out.print(f"  {one['id']:>6}  {_day(one)}  {one['origin'] or ''}  {one['url']}", markup=False)
    if article["revision"] > 1:
        out.print(
            f"\nRevision {article['revision']}: panxi show {article['id']} --diff shows what changed", style="dim"
        )


def _day(article: dict[str, Any]) -> str:
    """When it was published, as exactly as the page says it; ``published_at`` is China's time."""
    published = article["published_at"]
    if not published:
        return ""
    return str(published[:10] if article["date_precision"] == "day" else f"{published[:16].replace('T', ' ')} +08:00")


def _policy(policy: dict[str, Any] | None) -> str:
    if policy is None:
        return ""
    parts = (
        policy["relation"],
        "、".join(policy["issuers"]),
        policy["number"],
        f"《{policy['title']}》" if policy["title"] else "",
    )
    return " · ".join(part for part in parts if part)


def _diff(kept: Archive, article: dict[str, Any], *, as_json: bool) -> None:
    """The texts from the first to the present, each beside the one before, line by line."""
    from difflib import unified_diff
    from itertools import pairwise

    texts = [*kept.revisions(article["id"]), article]
    if len(texts) == 1 and not as_json:
        page().print("The text has not changed since it was first seen.")
    for old, new in pairwise(texts):
        lines = list(
            unified_diff(
                [old["title"], *(old["body"] or "").split("\n")],
                [new["title"], *(new["body"] or "").split("\n")],
                f"revision {old['revision']}",
                f"revision {new['revision']}",
                lineterm="",
            )
        )
        if as_json:
            emit({"from": old["revision"], "to": new["revision"], "diff": lines})
            continue
        for line in lines:
            style = {"+": "green", "-": "red", "@": "dim"}.get(line[:1], "")
            page().print(line, style=style, markup=False)
