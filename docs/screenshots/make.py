"""Makes the pictures of the web page in this folder, from a fresh demo archive.

    python -m docs.screenshots.make

Needs a Chromium and a Chinese font on the machine (Debian: apt-get install chromium fonts-noto-cjk).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from sqlalchemy import Connection, func, select

from crawler.cli.serve import configured
from storage.db import open_engine
from storage.schema import article, policy_article, revision
from tests.monitor.web.browser import ARGUMENTS, serving

HERE = Path(__file__).parent
PANXI = Path(sys.executable).with_name("panxi")
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DARK: dict[str, Any] = {"color_scheme": "dark"}


def main() -> None:
    """Crawls the demo twice, so that there is a revision, and takes the pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("No Chromium on this machine: apt-get install chromium fonts-noto-cjk")
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            subprocess.run([PANXI, "demo", "--dir", folder], check=False, capture_output=True)  # noqa: S603 - ours
        db = f"sqlite:///{folder}/panxi.db"
        engine = open_engine(db)
        with engine.connect() as conn:
            views = _views(conn)
        with serving(configured(engine, db)) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
            for name, (path, options) in views.items():
                context = browser.new_context(base_url=base, locale="zh-CN", **options)
                page = context.new_page()
                page.goto(path)
                page.screenshot(path=HERE / f"{name}.png")
                context.close()
            browser.close()
        engine.dispose()
    print(f"{len(views)} pictures in {HERE}", file=sys.stderr)  # noqa: T201 - it is a command


def _views(conn: Connection) -> dict[str, tuple[str, dict[str, Any]]]:
    """Name to path and browser of each picture; the articles are found by what they are, not by number."""
    c = article.c
    named = select(policy_article.c.record_id).group_by(policy_article.c.record_id).order_by(func.count().desc())
    record = conn.execute(named).scalars().first()
    traditional = conn.execute(select(c.id).where(c.script == "traditional").order_by(c.id)).scalars().first()
    revised = conn.execute(select(revision.c.article_id)).scalars().first()
    document = conn.execute(select(policy_article.c.article_id).where(policy_article.c.relation == "document")).scalar()
    return {
        "home": ("/", DESK),
        "search": ("/search?q=钒钛&region=510400", DESK),
        "article": (f"/articles/{document}", DESK),
        "beside": (f"/articles/{traditional}", DESK),
        "revision": (f"/articles/{revised}/revisions/1", DESK),
        "policy": ("/policy", DESK),
        "record": (f"/policy/{record}", DESK),
        "operations": ("/operations", DESK),
        "search-phone": ("/search?q=钒钛", PHONE),
        "article-phone-dark": (f"/articles/{document}", PHONE | DARK),
        "policy-dark": ("/policy", DESK | DARK),
    }


if __name__ == "__main__":
    main()
