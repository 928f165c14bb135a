"""``panxi clean`` is a filter for pages."""

from typer.testing import CliRunner

from crawler.cli.clean import LARGEST, app


def run(page: bytes, *options: str):
    return CliRunner().invoke(app, options, input=page)


def test_a_page_in_any_encoding():
    told = run("釩鈦產(chǎn)業(yè)發(fā)展".encode("gb18030"))
    assert (told.exit_code, told.stdout) == (0, "钒钛产业发展")
    assert run("發(fā)展\n".encode(), "--script", "keep").stdout == "發展\n"


def test_an_author_s_gloss_in_one_line():
    assert run("浙江樂(yuè)清\n".encode()).stdout == "浙江乐(yuè)清\n"


def test_more_than_a_page_is_refused_and_nothing_written():
    told = run(b"a" * (LARGEST + 1))
    assert (told.exit_code, told.stdout) == (2, "")
    assert "larger than 16 MB" in " ".join(told.stderr.split())
