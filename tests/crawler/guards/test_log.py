"""One event, one line."""

import io
import logging

import pytest

from crawler.guards.log import EscapedRecord, escaped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines", "two\\nlines"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("nul\0", "nul\\x00"),
        ("\u202eturned", "\\u202eturned"),
        ("line\u2028sep", "line\\u2028sep"),
        ("攀枝花 “一区多园” ok", "攀枝花 “一区多园” ok"),
    ],
)
def test_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_neither_message_nor_traceback_can_begin_a_line_of_its_own() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    try:
        raise ValueError("title\nERROR: forged")  # noqa: TRY301
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
        handler.emit(EscapedRecord("x", logging.ERROR, __file__, 1, "at %s", ("url\nERROR: forged",), info))
    lines = out.getvalue().splitlines()
    assert lines[0] == "ERROR: at url\\nERROR: forged"
    assert len([line for line in lines if line.startswith("ERROR")]) == 1
    assert "    ValueError: title" in lines
