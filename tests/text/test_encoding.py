"""Bytes to text, whatever the page says of itself."""

import random
from encodings.aliases import aliases

import pytest

from pipelines.text.encoding import decode

SIMPLIFIED = (
    "<html><head>{meta}<title>四川攀枝花加快构建“一区多园”发展新格局</title></head><body><p>近日，攀枝花市委、市政府印发"
    "《关于加快攀枝花钒钛高新技术产业开发区高质量发展的实施意见》。</p></body></html>"
)
TRADITIONAL = (
    "<html><head>{meta}<title>四川攀枝花加快構建「一區多園」發展新格局</title></head><body><p>近日，攀枝花市委、市政府印發"
    "《關於加快攀枝花釩鈦高新技術產業開發區高質量發展的實施意見》。</p></body></html>"
)
META = '<meta charset="{}">'
HTTP_EQUIV = '<meta http-equiv="Content-Type" content="text/html; charset={}" />'


def page(text, encoding, declared=None, meta=META, **errors):
    return text.format(meta=meta.format(declared) if declared else "").encode(encoding, **errors)


CASES = {
    "utf-8, said": (SIMPLIFIED, page(SIMPLIFIED, "utf-8", "utf-8"), "text/html; charset=utf-8"),
    "utf-8, nothing said": (SIMPLIFIED, page(SIMPLIFIED, "utf-8"), None),
    "utf-8 with a mark, said gbk": (SIMPLIFIED, page(SIMPLIFIED, "utf-8-sig", "gbk"), "text/html; charset=gbk"),
    "utf-8, said gbk": (SIMPLIFIED, page(SIMPLIFIED, "utf-8", "gbk"), "text/html; charset=gbk"),
    "gbk, said utf-8": (SIMPLIFIED, page(SIMPLIFIED, "gbk", "utf-8"), "text/html; charset=utf-8"),
    "gbk, nothing said": (SIMPLIFIED, page(SIMPLIFIED, "gbk"), None),
    "gbk, said gb2312": (
        SIMPLIFIED,
        page(SIMPLIFIED.replace("市委", "镕堃"), "gbk", "gb2312", HTTP_EQUIV),
        "text/html",
    ),
    "gb18030 of four bytes": (SIMPLIFIED, page(SIMPLIFIED.replace("市委", "㐀𠀀"), "gb18030", "gb2312"), None),
    "gbk, header iso-8859-1": (SIMPLIFIED, page(SIMPLIFIED, "gbk"), "text/html; charset=ISO-8859-1"),
    "gbk, header utf-8, meta gbk": (SIMPLIFIED, page(SIMPLIFIED, "gbk", "gbk"), "text/html; charset=utf-8"),
    "utf-8, header gbk, meta utf-8": (SIMPLIFIED, page(SIMPLIFIED, "utf-8", "utf-8"), "text/html; charset=gbk"),
    "big5, said": (TRADITIONAL, page(TRADITIONAL, "big5", "big5"), None),
    "big5, said gb2312": (TRADITIONAL, page(TRADITIONAL, "big5", "gb2312"), "text/html; charset=gb2312"),
    "big5, nothing said": (TRADITIONAL, page(TRADITIONAL, "big5"), None),
    "traditional gbk, said big5": (TRADITIONAL, page(TRADITIONAL, "gbk", "big5"), None),
    "traditional utf-8, said big5": (TRADITIONAL, page(TRADITIONAL, "utf-8", "big5"), "text/html; charset=big5"),
    "utf-16 with a mark": (SIMPLIFIED, page(SIMPLIFIED, "utf-16"), "text/html; charset=gbk"),
    "utf-16 without": (SIMPLIFIED, page(SIMPLIFIED, "utf-16-le"), None),
    "utf-16 big-endian, without": (SIMPLIFIED, page(SIMPLIFIED, "utf-16-be"), None),
    "an encoding that is none": (SIMPLIFIED, page(SIMPLIFIED, "gbk", "x-user-defined"), "text/html; charset=none"),
}


@pytest.mark.parametrize("name", CASES)
def test_exact(name):
    text, body, content_type = CASES[name]
    decoded = decode(body, content_type)
    assert not decoded.damaged
    assert decoded.text.split("</head>")[1].replace("镕堃", "市委").replace("㐀𠀀", "市委") == text.split("</head>")[1]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("攀枝花", "utf-8"),
        ("攀枝花新闻", "gbk"),
        ("發展新聞", "big5"),
        ("café", "utf-8"),
        ("", "utf-8"),
        ("ASCII", "ascii"),
    ],
)
def test_short_texts(text, encoding):
    assert decode(text.encode(encoding), f"text/plain; charset={encoding}").text == text


def test_a_broken_byte_is_told_and_costs_no_more_than_itself():
    body = page(SIMPLIFIED, "utf-8")
    at = body.index("印发".encode())
    decoded = decode(body[:at] + b"\xff" + body[at:], "text/html; charset=gb2312")
    assert decoded.damaged
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") == 1


def test_a_page_cut_inside_a_character():
    decoded = decode(page(SIMPLIFIED, "utf-8")[:-40], None)
    assert decoded.encoding == "utf-8"


def test_western_pages_stay_western():
    assert decode("Müller trinkt Kaffee im Café".encode("latin-1"), "text/html; charset=iso-8859-1").text.startswith(
        "Müll"
    )


@pytest.mark.parametrize("length", [12, 24, 48])
@pytest.mark.parametrize("declared", [None, "utf-8", "gbk", "gb2312", "big5", "iso-8859-1"])
@pytest.mark.parametrize(
    ("text", "encoding"), [(SIMPLIFIED, "utf-8"), (SIMPLIFIED, "gbk"), (TRADITIONAL, "big5"), (TRADITIONAL, "gbk")]
)
def test_a_short_page_is_read_whatever_it_says(text, encoding, declared, length):
    prose = text.split("<p>")[1]
    for start in range(0, 60 - length, 6):
        piece = f"<p>{prose[start : start + length]}</p>"
        assert decode(piece.encode(encoding), declared and f"text/html; charset={declared}").text == piece


NO_TEXT = ["hex", "rot13", "base64", "zlib", "bz2", "uu", "quopri"]
NO_PAGES = ["undefined", "idna", "punycode"]


@pytest.mark.parametrize(
    "label", [*NO_TEXT, *NO_PAGES, "x-user-defined", "utf8mb4", "none", "..", "unicode_escape", "utf-7"]
)
def test_a_label_that_is_no_encoding_of_pages_is_passed_over(label):
    body = page(SIMPLIFIED, "gbk", label)
    for content_type in (None, f"text/html; charset={label}"):
        decoded = decode(body, content_type)
        assert (decoded.encoding, decoded.damaged) == ("gb18030", False)


def test_no_label_and_no_bytes_raise():
    source = random.Random(1)
    for label in sorted({*aliases.values(), *NO_PAGES, "unicode_escape", "raw_unicode_escape", "charmap", "utf_16"}):
        for size in (1, 2, 3, 40, 5000):
            for body in (source.randbytes(size), b"a" * 5000 + source.randbytes(size), b"\\N{+\\x\xff" * size):
                decode(body, f"text/html; charset={label}")
