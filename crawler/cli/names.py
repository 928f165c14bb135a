"""What people type for a region, an industry, a source or a kind of document, and the key that the archive knows.

Each lookup takes the key itself, the full name and its usual short forms, in either script, and returns the key. What
it does not know it refuses with the names that come nearest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.site import Site

SUGGESTED = 3
ALIKE = 0.5
"""Share of common characters from which a name is suggested: one wrong character of two still is."""


class UnknownNameError(ValueError):
    """A name that stands for nothing, or for several things; ``hint`` says what there is, where that helps."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one kind of thing."""

    what: str
    """What they name, for the error: region."""
    forms: Mapping[str, tuple[str, ...]]
    """Folded forms, each with the key (or keys) it stands for."""
    shown: Mapping[str, str]
    """Keys with the name that a person reads."""
    near: Mapping[str, str]
    """Folded words that stand for no key, but lead to one: they are only suggested."""
    hint: str

    def find(self, typed: str) -> str:
        """The key; raises ``UnknownNameError``."""
        form = _folded(typed)
        keys = self.forms.get(form, ())
        if len(keys) == 1:
            return keys[0]
        if keys:
            raise UnknownNameError(f"{typed!r} can be {self._listed(keys)}", self.hint)
        alike = self._alike(form)
        asked = f"; did you mean {self._listed(alike)}?" if alike else ""
        raise UnknownNameError(f"no {self.what} is called {typed!r}{asked}", None if alike else self.hint)

    def _alike(self, form: str) -> list[str]:
        """Keys whose forms hold the typed one or look like it, the nearest first."""
        known = {**{one: keys[0] for one, keys in self.forms.items()}, **self.near}
        inside = [one for one in known if len(form) > 1 and form in one]
        close = get_close_matches(form, known, SUGGESTED, ALIKE)
        exact = [form] if form in self.near else []
        return list(dict.fromkeys(known[one] for one in (*exact, *close, *inside)))[:SUGGESTED]

    def _listed(self, keys: Iterable[str]) -> str:
        return " or ".join(key if self.shown.get(key, key) == key else f"{self.shown[key]} ({key})" for key in keys)


def region(typed: str) -> str:
    """The code of a region of the profile: 攀枝花, 攀枝花市, 5104 and 510400 give 510400. Raises UnknownNameError."""
    return regions().find(typed)


def industry(typed: str) -> str:
    """The code of an industry: 汽车制造业, 汽车制造, C36 and 36 give C36; C is the section. Raises UnknownNameError."""
    return industries().find(typed)


def policy_kind(typed: str) -> str:
    """What a document is called: 意见, 实施意见, 办法, …. Raises UnknownNameError."""
    return policy_kinds().find(typed)


def source(typed: str, *, kept: Iterable[str] = ()) -> str:
    """The name of a source: its key, its title or one of its hosts. Raises UnknownNameError.

    ``kept``: names of sources that the archive holds, known here or not.
    """
    from crawler.sites import SITES

    return typed if typed in set(kept) else sources(SITES).find(typed)


# --- the lists --------------------------------------------------------------------------------------------


@cache
def regions() -> Names:
    """The regions of the profile."""
    from pipelines.enrich import DATA, read_regions

    gazetteer = read_regions(DATA / "regions.toml")
    forms: dict[str, set[str]] = {}
    for word, senses in gazetteer.senses.items():
        forms.setdefault(_folded(word), set()).update(sense.code for sense in senses if sense.sure)
    for code, name in gazetteer.names.items():
        short = name[:-1] if len(name) > 2 and name[-1] in "省市县区州镇乡" else name  # noqa: PLR2004
        for form in (short, code, re.sub(r"(00){1,2}$", "", code)):
            forms.setdefault(_folded(form), set()).add(code)
    exact = {_folded(name): {code} for code, name in gazetteer.names.items()}
    return Names("region", _sorted(forms | exact), gazetteer.names, {}, "docs/profile.md says where the regions are")


@cache
def industries() -> Names:
    """The industries of the profile, their sections and the groups they are in."""
    from pipelines.enrich import DATA, read_industries

    gazetteer = read_industries(DATA / "industries.toml")
    forms: dict[str, set[str]] = {}
    for code, name in gazetteer.names.items():
        for form in (name, name.removesuffix("业")):
            forms.setdefault(_folded(form), set()).add(code)
        for part in (code[:1], *(code[:length] for length in range(3, len(code) + 1))):
            for form in filter(None, (part, part[1:])):
                forms.setdefault(_folded(form), set()).add(part)
    near = {_folded(word): senses[0].code for word, senses in gazetteer.senses.items()}
    hint = "docs/profile.md says where the industries are"
    return Names("industry", _sorted(forms), gazetteer.names, _without(near, forms), hint)


@cache
def policy_kinds() -> Names:
    """What official documents are called."""
    from pipelines.policy.terms import terms

    kinds = terms()["kinds"]
    listed = dict.fromkeys([*kinds["statutory"], *kinds["carried"], *kinds["qualified_statutory"]])
    forms = {_folded(kind): (kind,) for kind in listed}
    return Names("kind of document", forms, {}, {}, "kinds are 通知, 意见, 办法, 规划, …; docs/policy.md lists them")


def sources(sites: Mapping[str, Site]) -> Names:
    """The sources, as they are called in their files."""
    forms: dict[str, set[str]] = {}
    for site in sites.values():
        for form in _called(site):
            forms.setdefault(_folded(form), set()).add(site.name)
    shown = {site.name: site.title for site in sites.values()}
    return Names("source", _sorted(forms), shown, {}, "panxi sources lists them")


def _called(site: Site) -> Iterator[str]:
    yield site.name
    yield site.title
    for host in site.hosts:
        yield host
        yield host.removeprefix("www.")


def _sorted(forms: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {form: tuple(sorted(keys)) for form, keys in forms.items() if keys}


def _without(near: Mapping[str, str], forms: Mapping[str, object]) -> dict[str, str]:
    return {form: key for form, key in near.items() if form not in forms}


def _folded(typed: str) -> str:
    from pipelines.text.script import to_simplified

    return to_simplified(unicodedata.normalize("NFKC", typed).strip()).casefold()
