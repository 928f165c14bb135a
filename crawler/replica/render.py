"""An article or a column as the page its site would show."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from crawler.replica.content import CINIC, COLUMNS, MIRROR, Column, Related, Written
from pipelines.text.mirror import garble

DECLARED = {"gb18030": "gb2312"}
"""What a page in this encoding says it is in; old sites name the smaller set."""


@cache
def _template(name: str) -> Template:
    return Template(files("crawler.replica").joinpath("templates", f"{name}.html").read_text(encoding="utf-8"))


def column_of(article: Written) -> Column:
    """The column an article stands in."""
    host = CINIC if article.host == MIRROR else article.host
    return next(one for one in COLUMNS if (one.host, one.path) == (host, article.column))


def _nav(host: str) -> str:
    return "".join(f'<li><a href="{one.path}">{one.name}</a></li>' for one in COLUMNS if one.host == host)


def _keywords(title: str) -> str:
    return escape(",".join(part for part in title.replace("，", " ").split() if part))


def _picture(url: str, title: str) -> str:
    return f'<div class="img"><a href="{url}"><img src="/uploadfile/t.jpg" alt="{title}"></a></div>'


def _entry(link: Related) -> str:
    title = escape(link.title)
    return (
        "<li>"
        + (_picture(link.url, title) if link.thumbnail else "")
        + f'<div class="txt"><h3><a href="{link.url}" title="{title}">{title}</a></h3>'
        + (f"<p>{escape(link.summary)}</p>" if link.summary else "")
        + (f'<span class="sp2">{link.day}</span>' if link.day else "")
        + "</div></li>"
    )


def _byline(article: Written) -> str:
    parts = [
        f"来源：{article.origin}" if article.origin else "",
        f"作者：{article.author}" if article.author else "",
        f"时间：{article.day}",
    ]
    return "&nbsp;&nbsp;&nbsp;".join(escape(part) for part in parts if part)


def _cinic_article(article: Written, paragraphs: tuple[str, ...]) -> str:
    column = column_of(article)
    tail = [
        f"转自：{article.reprinted_from}" if article.reprinted_from else "",
        f"责任编辑：{article.editor}" if article.editor else "",
    ]
    related = "\n".join(_entry(link) for link in article.related)
    page = _template("cinic_article").substitute(
        charset=DECLARED.get(article.quirk or "", "utf-8"),
        title=escape(article.title),
        keywords=_keywords(article.title),
        summary=escape(paragraphs[0][:40]),
        nav=_nav(CINIC),
        column=column.name,
        column_path=column.path,
        byline=_byline(article),
        paragraphs="\n".join(f"<p>　　{escape(one)}</p>" for one in paragraphs),
        reprint="\n".join(f"<p><b>　　{escape(one)}</b></p>" for one in tail if one),
        related=f'<div class="ydsj_box"><h2>延伸阅读</h2><ul>\n{related}\n</ul></div>' if related else "",
    )
    return garble(page) if article.garbled else page


def _official(article: Written) -> str:
    if article.official is None:
        return ""
    cells = [f"<th>{escape(label)}</th><td>{escape(value)}</td>" for label, value in article.official.items()]
    lines = ["".join(cells[start : start + 2]) for start in range(0, len(cells), 2)]
    return '<table class="xxgk">\n' + "\n".join(f"<tr>{line}</tr>" for line in lines) + "\n</table>"


def _panzhihua_article(article: Written, paragraphs: tuple[str, ...]) -> str:
    column = column_of(article)
    related = "\n".join(
        f'<li><a href="{link.url}">{escape(link.title)}</a><span>{link.day}</span></li>' for link in article.related
    )
    files_ = "\n".join(f'<p>附件：<a href="{path}">{escape(name)}</a></p>' for name, path in article.attachments)
    return _template("panzhihua_article").substitute(
        title=escape(article.title),
        keywords=_keywords(article.title),
        column=column.name,
        column_kind=column.kind or "",
        column_path=f"{column.path}index.shtml",
        pub_date=f"{article.day} {article.clock or ''}".strip()[:16],
        day=article.day,
        origin=escape(article.origin or ""),
        official=_official(article),
        paragraphs="\n".join(f"<p>　　{escape(one)}</p>" for one in paragraphs),
        attachments=files_,
        editor=f'<div class="editor">责任编辑：{escape(article.editor)}</div>' if article.editor else "",
        related=f'<div class="xgyd"><h3>相关阅读</h3><ul>\n{related}\n</ul></div>' if related else "",
    )


def article(one: Written, *, visit: int) -> str:
    """The article's page on the given visit (1, 2, …) as text."""
    paragraphs = one.later if one.later and visit > 1 else one.paragraphs
    return _panzhihua_article(one, paragraphs) if column_of(one).kind else _cinic_article(one, paragraphs)


def _cinic_row(one: Written) -> str:
    title = escape(one.title)
    summary = escape(one.paragraphs[0][:40]) if one.paragraphs else ""
    return (
        f"<li>{_picture(one.url, title) if one.thumbnail else ''}"
        f'<div class="txt"><h3><a href="{one.url}">{title}</a></h3>'
        f'<p>{summary}</p><span class="sp2">{one.day}</span></div></li>'
    )


def _panzhihua_row(one: Written) -> str:
    title = escape(one.title)
    return f'<li><a href="{one.path}" title="{title}">·{title}</a><span>{one.day}</span></li>'


def listing(column: Column, page: list[Written], *, number: int, last: int) -> str:
    """Page ``number`` (from 1) of a column whose last page is ``last``, as text."""
    if column.kind:
        following = f'<a class="default_pgBtn default_pgNext" href="index_{number + 1}.shtml">下一页</a>'
        rows = "\n".join(_panzhihua_row(one) for one in page)
        name = "panzhihua_listing"
    else:
        following = f'<a class="a1" href="{column.path}index_{number + 1}.html">下一页</a>'
        rows = "\n".join(_cinic_row(one) for one in page)
        name = "cinic_listing"
    text = _template(name).substitute(
        column=column.name,
        column_kind=column.kind or "",
        column_path=column.path,
        nav=_nav(column.host),
        rows=rows,
        pager=f"<span>{number}</span>" + (following if number < last else ""),
    )
    return garble(text) if column.host == MIRROR else text


def refresh(title: str, target: str) -> str:
    """A page that sends the reader on by meta-refresh."""
    return _template("refresh").substitute(title=escape(title), target=escape(target))


def error(status: int, reason: str) -> str:
    """A small page that says what went wrong."""
    return _template("error").substitute(status=status, reason=escape(reason))
