"""Opening the archive for a crawl: the database, the folder of raw pages, and the writer over both."""

from __future__ import annotations

from pathlib import Path

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from sqlalchemy import make_url

from storage import captures, raw
from storage.db import open_engine, upgrade
from storage.writer import Writer


def raw_folder(db: str, configured: str | None = None) -> Path:
    """Where the raw pages are: as configured, else beside a SQLite file (``panxi.db`` → ``panxi-warc``), else here."""
    if configured:
        return Path(configured)
    url = make_url(db)
    if url.get_backend_name() == "sqlite" and url.database:
        file = Path(url.database)
        return file.with_name(f"{file.stem}-warc")
    return Path("panxi-warc")


def open_writer(settings: BaseSettings) -> Writer:
    """The writer of the archive that the settings name; what a killed crawl left torn is set aside first.

    Raises ``storage.db.DatabaseError`` and ``OSError`` where it can't be opened or written.
    """
    db = settings["PANXI_DB"]
    engine = open_engine(db)
    upgrade(engine)
    folder = raw_folder(db, settings["PANXI_WARC_DIR"])
    store = raw.Raw(folder)
    with engine.connect() as connection:
        committed = captures.committed(connection, raw.growing(folder))
    raw.recover(folder, committed)
    after = [load_object(path) for path in settings.getlist("PANXI_AFTER")]
    return Writer(engine, store, after=after)
