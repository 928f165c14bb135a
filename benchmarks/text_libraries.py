"""Do the field's libraries read encodings, dates and wrong decodings better than our own functions?

    python -m benchmarks.text_libraries

Each is given the cases of our tests: ftfy (where installed) the wrong decodings, charset-normalizer, faust-cchardet and
w3lib (Scrapy's own) the encodings, htmldate and dateparser the dates. The last line is one JSON object:
name -> [cases right, cases, CPU ms a case].
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any

from pipelines.text.dates import parse_date
from pipelines.text.encoding import decode
from pipelines.text.mojibake import repair
from tests.text import test_dates, test_encoding, test_mojibake


def measure(work: Callable[..., Any], cases: Iterable[tuple[Any, Any]]) -> list[float]:
    cases = list(cases)
    for _ in range(2):  # the first time loads tables
        start = time.process_time()
        right = sum(work(given) == expected for given, expected in cases)
        spent = time.process_time() - start
    return [right, len(cases), round(spent * 1000 / len(cases), 3)]


def encodings() -> dict[str, list[float]]:
    cases = [
        ((body, content_type), body_text.split("</head>")[1].replace("市委", swap or "市委"))
        for name, (body_text, body, content_type) in test_encoding.CASES.items()
        for swap in ({"gbk, said gb2312": "镕堃", "gb18030 of four bytes": "㐀𠀀"}.get(name),)
    ]

    def text(read: str) -> str:
        return read.split("</head>")[1] if "</head>" in read else read

    def own(given: tuple[bytes, str | None]) -> str:
        return text(decode(*given).text)

    def normalizer(given: tuple[bytes, str | None]) -> str:
        from charset_normalizer import from_bytes

        return text(str(from_bytes(given[0]).best()))

    def cchardet(given: tuple[bytes, str | None]) -> str:
        import cchardet as detector

        return text(given[0].decode(detector.detect(given[0])["encoding"], "replace"))

    def w3lib(given: tuple[bytes, str | None]) -> str:
        from w3lib.encoding import html_to_unicode

        return text(html_to_unicode(given[1], given[0])[1])

    return {work.__name__: measure(work, cases) for work in (own, normalizer, cchardet, w3lib)}


def parameters(test: Any) -> list[tuple[Any, ...]]:
    return list(test.pytestmark[0].args[1])


def dates() -> dict[str, list[float]]:
    cases = [(text, when) for text, when, _ in parameters(test_dates.test_forms)]
    cases += [(text, None) for text in parameters(test_dates.test_what_is_no_date)]

    def own_dates(text: str) -> Any:
        found = parse_date(text, today=test_dates.TODAY)
        return found and found[0]

    def dateparser(text: str) -> Any:
        from datetime import datetime

        import dateparser as library

        base = datetime.combine(test_dates.TODAY, datetime.min.time())
        settings = {"TIMEZONE": "Asia/Shanghai", "RETURN_AS_TIMEZONE_AWARE": True, "RELATIVE_BASE": base}
        return library.parse(text, languages=["zh", "en"], settings=settings)

    def htmldate(text: str) -> Any:
        from htmldate import find_date

        return find_date(f"<html><body><p class='date'>{text}</p></body></html>", original_date=True)

    days = [(text, when and when.date().isoformat()) for text, when in cases]
    return {
        "own dates": measure(own_dates, cases),
        "dateparser": measure(dateparser, cases),
        "htmldate (the day alone)": measure(htmldate, days),
    }


def wrong_decodings() -> dict[str, list[float]]:
    text = test_mojibake.TEXT
    # read as GBK, an odd number of bytes loses the last
    cases = [(text.encode().decode("latin-1"), text), (text.encode("gb18030").decode("latin-1"), text)]
    cases += [("经济发展".encode().decode("gb18030"), "经济发展"), ("ï»¿中国", "中国")]
    cases += [(given, given) for given in parameters(test_mojibake.test_other_text_is_left_alone)]
    found = {"own repair": measure(repair, cases)}
    if find_spec("ftfy"):
        import ftfy

        found["ftfy.fix_encoding"] = measure(ftfy.fix_encoding, cases)
        found["ftfy.fix_text"] = measure(ftfy.fix_text, cases)
    else:
        print("ftfy is not installed here: left out")
    return found


if __name__ == "__main__":
    print(json.dumps(encodings() | dates() | wrong_decodings(), ensure_ascii=False))
