"""The vocabulary travels between processes."""

from __future__ import annotations

import pickle
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler import items

KINDS = [kind for kind in vars(items).values() if isinstance(kind, type) and is_dataclass(kind)]


def of(kind: type[Any]) -> Any:
    """A value of the kind in which every field is another."""
    names = [field.name for field in fields(kind)]
    return kind(**{name: f"{name} 攀枝花" for name in names})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_value_is_the_same_behind_a_pipe(kind: type[Any], protocol: int) -> None:
    value = of(kind)
    there = pickle.loads(pickle.dumps(value, protocol))
    assert there == value
    assert type(there) is kind


def test_a_value_of_values_is_the_same_and_still_frozen() -> None:
    tag = items.Tag(code="510400", name="攀枝花市", words=("攀枝花", "渡口"))
    outcome = items.Outcome(
        visit=items.Visit(id=1, url="http://a/", source=None, kind="article", depth=0, attempts=0),
        state="done",
        url="http://a/",
        fetched_at=datetime(2020, 5, 29, tzinfo=UTC),
        figures={"rows": 3},
    )
    there = pickle.loads(pickle.dumps([tag, outcome, tag]))
    assert there == [tag, outcome, tag]
    assert there[0] is there[2]
    with pytest.raises(AttributeError):
        there[0].name = "成都市"


def test_kinds_were_found() -> None:
    assert items.Article in KINDS
