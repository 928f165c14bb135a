from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree
from sqlalchemy import Engine

from monitor.feeds import Appointment, Entry, appointments, atom, calendar, entries, json_feed, stable_id
from tests.monitor.telling import DAY, NOW, article, document, known_source, put, watching

ADDRESS = "http://127.0.0.1:8410/watches/1.atom"
GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
ATOM = "{http://www.w3.org/2005/Atom}"
NASTY = "甲\x00\x0b\ud800\ufffe]]>&<script>alert(1)</script>"
ENTRY = Entry(
    id=stable_id("k"),
    title=NASTY,
    url="http://www.example/1",
    text=f"{NASTY}\n乙",
    updated=NOW,
    published=NOW,
    author=NASTY,
)


@pytest.fixture
def watched(engine: Engine):
    known_source(engine)
    one = watching(engine)
    put(engine, document(1, "甲办法", code="攀府发〔2026〕1号"))
    call = "现公开征求意见，请于2026年12月20日前反馈。"
    put(engine, article(2, "关于公开征求《攀枝花市乙办法（征求意见稿）》意见的公告", call), at=NOW + DAY)
    put(engine, document(3, "旧办法", code="攀府发〔2019〕1号", at=NOW - 900 * DAY))
    return engine, one


def test_a_watch_has_its_entries_with_the_whole_text_and_stable_ids(watched) -> None:
    engine, one = watched
    with engine.connect() as conn:
        found = entries(conn, one)
        assert [entry.id for entry in entries(conn, one)] == [entry.id for entry in found]
    assert [entry.title for entry in found] == [
        "【征求意见】《攀枝花市乙办法（征求意见稿）》",
        "【新政策】《攀枝花市甲办法》",
    ]
    assert "现将《攀枝花市甲办法》印发给你们，请遵照执行。" in found[1].text


def test_the_atom_feed_is_read_by_a_reader_and_has_what_the_standard_asks(watched) -> None:
    engine, one = watched
    with engine.connect() as conn:
        feed = atom(entries(conn, one), title=one.name, address=ADDRESS, alternate="http://127.0.0.1:8410/")
    read = feedparser.parse(feed)
    assert not read.bozo
    assert len(read.entries) == 2
    tree = ET.fromstring(feed)
    assert tree.find(f"{ATOM}id").text == ADDRESS
    assert {link.get("rel") for link in tree.findall(f"{ATOM}link")} == {"self", "alternate"}
    for node in (tree, *tree.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert node.find(f"{ATOM}{name}").text
    assert len({entry.find(f"{ATOM}id").text for entry in tree.findall(f"{ATOM}entry")}) == 2


def test_the_atom_feed_is_valid_by_the_grammar_of_rfc_4287(watched) -> None:
    engine, one = watched
    with engine.connect() as conn:
        found = entries(conn, one)
    for some in (found, [], [ENTRY], [replace(ENTRY, url=None, published=None, author=None)]):
        GRAMMAR.assertValid(etree.fromstring(atom(some, title=NASTY, address=ADDRESS, alternate="http://127.0.0.1/")))
    wrong = atom(found, title=one.name, address=ADDRESS).replace(b"<published>", b"<published>on ")
    assert not GRAMMAR.validate(etree.fromstring(wrong)), "the grammar refuses what is wrong"


def test_an_empty_feed_is_one_too() -> None:
    assert not feedparser.parse(atom([], title="空", address=ADDRESS)).bozo
    assert json.loads(json_feed([], title="空", address=ADDRESS))["items"] == []
    assert Calendar.from_ical(calendar([], title="空")).walk("VEVENT") == []


def test_text_can_break_no_feed() -> None:
    read = feedparser.parse(atom([ENTRY], title=NASTY, address=ADDRESS))
    assert not read.bozo
    item = json.loads(json_feed([ENTRY], title=NASTY, address=ADDRESS))["items"][0]
    assert item["content_html"] == "<p>甲]]&gt;&amp;&lt;script&gt;alert(1)&lt;/script&gt;</p><p>乙</p>"
    assert "<script>" in item["title"], "titles are plain text in a JSON Feed"


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_is_well_formed_in_every_feed(text: str) -> None:
    entry = replace(ENTRY, title=text, text=text, author=text)
    ET.fromstring(atom([entry], title=text, address=ADDRESS))
    json.loads(json_feed([entry], title=text, address=ADDRESS))
    made = Appointment(id=stable_id("k"), day=date(2027, 1, 1), title=text, text=text, url=None, changed=NOW)
    assert len(Calendar.from_ical(calendar([made], title=text)).walk("VEVENT")) == 1


def test_a_json_feed_has_what_its_standard_asks(watched) -> None:
    engine, one = watched
    with engine.connect() as conn:
        feed = json.loads(json_feed(entries(conn, one), title=one.name, address=ADDRESS))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == ADDRESS
    assert [item["url"] for item in feed["items"]] == ["http://www.example/2", "http://www.example/1"]
    assert feed["items"][0]["date_published"] == "2026-11-23T12:00:00+08:00"


def test_the_calendar_says_by_when(watched) -> None:
    engine, one = watched
    with engine.connect() as conn:
        found = appointments(conn, one)
    assert [(entry.day.isoformat(), entry.title) for entry in found] == [
        ("2026-12-20", "意见征集截止：攀枝花市乙办法（征求意见稿）"),
        ("2027-01-01", "施行：攀枝花市甲办法"),
    ]
    first, _ = Calendar.from_ical(calendar(found, title=one.name)).walk("VEVENT")
    assert first.decoded("dtstart") == date(2026, 12, 20)
    assert first["uid"] == found[0].id


def test_all_documents_of_one_order_are_in_the_calendar(watched) -> None:
    engine, one = watched
    text = "《攀枝花市丙办法》《攀枝花市丁办法》已经市政府常务会议审议通过，现予公布，自2027年3月1日起施行。"
    put(engine, article(9, "攀枝花市人民政府令第128号", text), at=NOW + 2 * DAY)
    with engine.connect() as conn:
        found = appointments(conn, one)
    assert {(entry.title, entry.url) for entry in found[2:]} == {
        ("施行：攀枝花市丙办法", "http://www.example/9"),
        ("施行：攀枝花市丁办法", "http://www.example/9"),
    }


def test_what_was_repealed_is_in_no_calendar(watched) -> None:
    engine, one = watched
    title = "攀枝花市人民政府关于废止《攀枝花市甲办法》《攀枝花市丙办法》的决定"
    put(engine, article(9, title, "现予废止，本决定自2027年2月1日起施行。"), at=NOW + 2 * DAY)
    with engine.connect() as conn:
        assert [entry.title for entry in appointments(conn, one)] == ["意见征集截止：攀枝花市乙办法（征求意见稿）"]


def test_ids_are_the_same_for_ever() -> None:
    assert stable_id("1:policy:2:issued") == "urn:uuid:9cd0e4f6-91ac-58a2-a149-c063d12b4fed"
