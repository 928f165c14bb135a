"""Who a document number is of: 攀办发〔2020〕12号 is the office of 攀枝花市's government."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pipelines.policy.issuers import Place
from pipelines.policy.terms import any_of, terms

_BY_COMMISSION: Final = ("发改", "卫健", "国资")
"""Departments that are a 委员会, not a 局 or 厅."""


def issuer_of(number: str, home: Place) -> str | None:
    """The organ whose code a number begins with; None where it is not known.

    A city that the words of ``policy_terms.toml`` don't list is known by its first character where the text is at home
    in it: 成府发 in a text of 成都市.
    """
    code = number.partition("〔")[0]
    national: dict[str, str] = terms()["organs"]["codes"]["national"]
    if (nation := _begins(code, national)) is not None:
        return national[nation]
    places = dict(terms()["organs"]["codes"]["places"])
    if home.city:
        places.setdefault(home.city[0], home.city)
    place = _begins(code, places)
    if place is None or code == number:
        return None
    name, rest = places[place], code[len(place) :]
    if office := re.match("(府|政)?办(?!法)|委办", rest):
        return (
            f"{name}{'委' if office.group() == '委办' else '人民政府'}{'办公厅' if name.endswith('省') else '办公室'}"
        )
    if re.match("[府政]", rest):
        return f"{name}人民政府"
    if re.match("委发|委[〔规函]|委$", rest):
        return f"{name}委"
    return _department(name, rest)


def _begins(code: str, known: dict[str, str]) -> str | None:
    return max((key for key in known if code.startswith(key)), key=len, default=None)


@lru_cache(maxsize=1)
def _departments() -> tuple[re.Pattern[str], dict[str, str]]:
    listed: dict[str, list[str]] = terms()["organs"]["departments"]
    short_of = {form: short for short, longer in listed.items() for form in (short, *longer)}
    return re.compile(any_of(short_of)), short_of


def _department(place: str, code: str) -> str | None:
    pattern, short_of = _departments()
    match = pattern.match(code)
    if match is None:
        return None
    short = short_of[match.group()]
    full = next(iter(terms()["organs"]["departments"][short]), short)
    return f"{place}{full}{'委员会' if short in _BY_COMMISSION else '厅' if place.endswith('省') else '局'}"
