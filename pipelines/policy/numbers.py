"""Document numbers (发文字号): finding them and writing them in one form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipelines.policy.terms import HAN

_WIDE: Final = {ord("０") + digit: str(digit) for digit in range(10)}
_OPEN: Final = r"〔\[［(（【〈<{｛﹝〖"
_CLOSE: Final = r"〕\]］)）】〉>}｝﹞〗"
_DIGIT: Final = "[0-9０-９]"
_SPACE: Final = r"[ \u3000\xa0]{0,3}"

_NUMBER: Final = re.compile(
    # 攀办发〔2020〕12号, 公告〔2021〕第5号, 川经信冶建[2020]1 号
    rf"(?P<code>[{HAN}]{{2,16}}){_SPACE}[{_OPEN}]{_SPACE}(?P<year>(?:19|20|１９|２０){_DIGIT}{{2}}){_SPACE}年?[{_CLOSE}]{_SPACE}"
    rf"(?P<nth>第?){_SPACE}(?P<serial>{_DIGIT}{{1,5}}(?:[-－—]{_DIGIT}{{1,3}})?){_SPACE}号"
    # 公告2021年第5号, 2021年第5号公告
    rf"|(?P<kind1>公告|通告|令){_SPACE}[{_OPEN}]?(?P<year1>(?:19|20|１９|２０){_DIGIT}{{2}})年?[{_CLOSE}]?{_SPACE}第{_SPACE}(?P<serial1>{_DIGIT}{{1,4}}){_SPACE}号"
    rf"|(?P<year2>(?:19|20|１９|２０){_DIGIT}{{2}})年{_SPACE}第{_SPACE}(?P<serial2>{_DIGIT}{{1,4}}){_SPACE}号{_SPACE}(?P<kind2>公告|通告|令)"
    # 第120号令, 令第120号, 公告（第5号）
    rf"|第{_SPACE}(?P<serial3>{_DIGIT}{{1,4}}|[一二三四五六七八九十百〇零]{{1,7}}){_SPACE}号{_SPACE}(?P<kind3>主席令|国务院令|省?政府令|部令|令|公告|通告)"
    rf"|(?P<kind4>令|公告|通告){_SPACE}[（(〔\[]?{_SPACE}第{_SPACE}(?P<serial4>{_DIGIT}{{1,4}}|[一二三四五六七八九十百〇零]{{1,7}}){_SPACE}号",
)

# Words that run on before a number in a sentence and are not part of its code.
_BEFORE: Final = re.compile(
    r".*(?:根据|按照|依据|依照|遵照|贯彻|落实|执行|转发|印发|下发|发布|文号为|文号是|字号为|文号|字号|编号为|编号|以及|关于|通过|废止|文件|替代|参照|参见|详见|结合|违反|修改|撤销|停止执行|下达|附件|的通知|的意见|的公告|的通告|的决定|的批复|委员会|办公室|办公厅|政府|[\u4e00-\u9fff]{4}[局厅](?=[\u4e00-\u9fff]{2})|国务院以|政府以|市委以|由|的|即|已经)"
)
_HAN_DIGITS: Final = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0}


@dataclass(frozen=True, slots=True)
class Number:
    """A document number and where it stands."""

    start: int
    end: int
    value: str
    """In its standard form."""


def _arabic(serial: str) -> str:
    serial = serial.translate(_WIDE)
    if serial[0].isdigit() and serial.isascii():
        return str(int(serial)) if serial.isdigit() else serial
    if not any(unit in serial for unit in "十百"):
        return str(int("".join(str(_HAN_DIGITS[char]) for char in serial)))
    total, digit = 0, 0
    for char in serial:
        if char == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif char == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = _HAN_DIGITS[char]
    return str(total + digit)


def _value(match: re.Match[str]) -> tuple[int, str] | None:
    """Start and standard form of what the pattern found; None where no code is left."""
    found = match.groupdict()
    if code := found["code"]:
        run_on = _BEFORE.match(code)
        kept = (code[run_on.end() :] if run_on else code).lstrip("以为在见对按据及")
        if len(kept) < 2:  # noqa: PLR2004 - 国发 is the shortest code there is
            return None
        nth = "第" if found["nth"] and kept.endswith(("公告", "令", "通告")) else ""
        return match.start() + len(code) - len(kept), (
            f"{kept}〔{found['year'].translate(_WIDE)}〕{nth}{_serial(found['serial'])}号"
        )
    for year, serial, kind in (("year1", "serial1", "kind1"), ("year2", "serial2", "kind2")):
        if found[serial]:
            return match.start(), f"{found[kind]}{found[year].translate(_WIDE)}年第{_arabic(found[serial])}号"
    serial, kind = (found["serial3"], found["kind3"]) if found["serial3"] else (found["serial4"], found["kind4"])
    kind = "令" if kind.endswith("令") else kind
    return match.start(), f"第{_arabic(serial)}号令" if kind == "令" else f"{kind}第{_arabic(serial)}号"


def _serial(serial: str) -> str:
    return "-".join(_arabic(part) for part in re.split("[-－—]", serial))


def numbers(text: str) -> tuple[Number, ...]:
    """All document numbers of a text, in reading order, each in its standard form.

    攀办发[2020]12号 and 攀办发（２０２０）１２号 give 攀办发〔2020〕12号; 2021年第5号公告 gives 公告2021年第5号;
    第一百二十号令 and 令（第120号） give 第120号令.
    """
    if "号" not in text:
        return ()
    values = ((match, _value(match)) for match in _NUMBER.finditer(text))
    return tuple(Number(value[0], match.end(), value[1]) for match, value in values if value is not None)


def standard(number: str) -> str | None:
    """One number as it may be written to its standard form; None where it is no number."""
    found = numbers(number)
    return found[0].value if found else None
