"""Who issued a document: organs found in a phrase, each under its full name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipelines.policy.terms import HAN, any_of, terms

_LEVELS: Final = "省市州县区"
_OWN_NAME: Final = ("管委会", "管理委员会", "党工委", "领导小组", "指挥部", "联席会议")
"""Organs whose name is written as it is: 攀枝花钒钛高新区管委会, not 攀枝花市钒钛高新区管委会."""


_NO_NAME: Final = r"(?![由据把的是为到在各该件批]|个(?!旧)|(?<=[\d一二三四五六七八九十两数])家)"
"""No county's name goes on here: a word of the sentence, or a measure (41件市政府文件)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is at home: what 市政府 and 省政府 mean in it."""

    province: str | None = None
    city: str | None = None
    county: str | None = None


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    full: dict[str, str]
    """Any written form to the full name: 攀枝花 to 攀枝花市."""
    province_of: dict[str, str]
    """The full name of a prefecture to its province's."""
    pattern: re.Pattern[str]


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    full: dict[str, str] = {}
    province_of: dict[str, str] = {}
    for province, cities in terms()["places"].items():
        full[province] = full[re.sub("(?:省|市|(?:壮族|回族|维吾尔)?自治区)$", "", province)] = province
        for city in cities.split():
            name = city if (city[-1] in "州盟" and len(city) > 2) or city.endswith("地区") else city + "市"  # noqa: PLR2004
            full[city] = full[name] = name
            province_of[name] = province
            if name == city:
                full.setdefault(re.sub("(?:州|盟|地区)$", "", city), name)
    for official in terms()["autonomous"]["prefectures"]:
        full[f"{official}自治州"] = next(name for name in province_of if official.startswith(name[:-1]))
    return _Gazetteer(full, province_of, re.compile(any_of(full)))


@lru_cache(maxsize=1)
def _organs() -> re.Pattern[str]:
    words = terms()["organs"]
    departments = [name for short, longer in words["departments"].items() for name in (short, *longer)]
    known = any_of(_gazetteer().full)
    office = "(?:办公厅|办公室|办(?!理|法|事|公))?"
    acting = "(?:近日|日前|今天|今日|昨天|联合|印发|下发|发出|发布|出台|公布)"
    body = (
        rf"(?:纪委监委|纪委(?!书记)|委(?:员会)?(?!员|托|派|会|任)(?:组织部|宣传部|统战部|政法委|编办|网信办|社会工作部|农办|军民融合办|{office})"
        rf"|(?:人民)?政府(?:防汛抗旱指挥部|森林防火指挥部|森林草原防灭火指挥部|安全生产委员会){office}"
        rf"|(?:人民)?政府(?!采购|网|门户|工作报告|投资|债|性|部门|主导){office}"
        r"|(?:人大常委会|人民代表大会常务委员会|人民代表大会|人大|政协)(?:党组)?"
        r"|(?:中级)?人民法院|人民检察院|总工会|妇联|残联"
        rf"|{any_of(departments)}(?:委员会|委(?!员)|总局|局|厅|办公室|办(?!理|法|事)|中心|总队|支队){office}"
        rf"(?:[{HAN}]{{2,6}}(?:分局|总队|支队|大队))?"
        rf"|[{HAN}“”]{{0,14}}?(?:新区|高新区|经开区|开发区|园区|新城)(?:管理委员会|管委会|党工委)"
        rf"|[{HAN}“”]{{2,16}}?(?:领导小组|指挥部|联席会议){office}"
        rf"|(?:[{HAN}]{{2,10}}?委员会|安委会){office}|[{HAN}]{{2,6}}?办(?={acting}|等|$))"
    )
    county = rf"(?:(?:{_NO_NAME}[{HAN}]){{1,4}}?[县区市旗]|(?:{_NO_NAME}[{HAN}]){{2,12}}?自治县)"
    edge = r"(?:^|(?<=近日)|(?<=日前)|(?<=[^\u4e00-\u9fff])|(?<=[由从经与和])|(?<=中共)|(?<=中国共产党))"
    return re.compile(
        rf"(?:国家税务总局|国家金融监督管理总局|国家统计局|中国人民银行){known}(?:{county})?"
        "(?:税务局|监管局|监管分局|调查队|分行|支行)"
        rf"|国务院[{HAN}]{{2,4}}办(?=[^{HAN}]|{acting}|等|$)"
        rf"|国务院(?:(?!{acting}|办公厅|关于|批|要求|部署|建立)[{HAN}]){{2,24}}?(?:机制|委员会|领导小组)(?:办公室|综合组)?"
        rf"(?=[^{HAN}]|{acting})"
        rf"|中央军委[{HAN}]{{2,6}}?部(?![门队署])"
        rf"|{any_of([*words['national'], *words['aliases']])}(?![署门队])(?P<desk>办公厅|办公室)?"
        rf"|中央[{HAN}“”、]{{2,24}}?领导小组(?:办公室)?"
        rf"|国家[{HAN}]{{2,8}}?(?:总局|局|委员会|委(?!员)|办公室)"
        rf"|(?P<party>中共|中国共产党)?(?:(?P<known>{known}(?:{known})?)(?P<county>{county})?"
        rf"|{edge}(?P<own>(?![我全本该各由从经据向对将把]|[{HAN}]{{1,3}}{known}|近日|日前|近期|昨日|今日|今天|记者|中共){county})|(?<![件个批家项份族])(?P<level>自治[州县]|[省市州县区]))"
        rf"(?P<again>[市县区](?=委|政府|人大))?(?:第?[一二三四五六七八九十]+届)?(?P<body>{body})"
        rf"|{edge}(?![我全本该各])[{HAN}“”]{{3,16}}?领导小组(?:办公室)?(?={acting}|、)"
    )


def is_place(text: str) -> bool:
    """Whether a text is the name of a province or a prefecture: 攀枝花, 四川省."""
    return text in _gazetteer().full


def begins_with_place(text: str) -> bool:
    """Whether a text begins with the name of a place: 四川省…, 攀枝花市…, 米易县…."""
    return (_gazetteer().pattern.match(text) or _county().match(text)) is not None


def home_of(*texts: str | None) -> Place:
    """The first prefecture, and the province, that the texts name; what is not named stays None.

    The county is the one that the first text, the title, begins with: 仁和区出台….
    """
    gazetteer = _gazetteer()
    begun = _county().match(texts[0] or "") if texts else None
    county = begun["county"] if begun else _own_county((texts or ("",))[0] or "")
    province: str | None = None
    for text in texts:
        for match in gazetteer.pattern.finditer(text or ""):
            name = gazetteer.full[match.group()]
            if name in gazetteer.province_of:
                return Place(gazetteer.province_of[name], name, county)
            province = province or name
    if province and province.endswith("市"):
        return Place(province, province, county)
    return Place(province, county=county)


def _own_county(title: str) -> str | None:
    """The county of the region that a title begins with, though without its 县: 米易出台…."""
    places: dict[str, str] = terms()["organs"]["codes"]["places"]
    return next((full for short, full in places.items() if title.startswith(short) and full == f"{short}县"), None)


@lru_cache(maxsize=1)
def _county() -> re.Pattern[str]:
    known = any_of(_gazetteer().full)
    other = "(?:[全我各本]|高新|经开|开发|新|园|示范|试验|自治|先行|核心|功能|景)"
    return re.compile(
        rf"(?:{known})*(?P<county>(?!{known})(?!{other}[县区旗])[{HAN}]{{1,3}}?[县区旗])(?![域块别划位间内长级])"
    )


def _full(match: re.Match[str], place: str | None, home: Place) -> tuple[str, str | None]:
    """The organ's full name and the place that the next one inherits."""
    gazetteer = _gazetteer()
    if match["body"] is None:
        organ = match.group().removesuffix(match["desk"] or "")
        return terms()["organs"]["aliases"].get(organ, organ) + (match["desk"] or ""), place
    if match["known"]:
        names = [gazetteer.full[part.group()] for part in gazetteer.pattern.finditer(match["known"])]
        own = match["body"].endswith(_OWN_NAME) and match["known"][-1] not in _LEVELS
        name = (match["known"] if own else names[-1]) + (match["county"] or "")
    else:
        name = match["own"] or _relative(match["level"], place, home)
    again = match["again"] if match["own"] and len(match["own"]) == len("东区") else None
    return f"{match['party'] or ''}{name}{again or ''}{match['body']}", name


def _relative(level: str, place: str | None, home: Place) -> str:
    """What 市 in 市政府 is: the place named just before, or the text's home."""
    if place and place[-1] == level:
        return place
    known = {"省": home.province, "市": home.city, "州": home.city, "县": home.county, "区": home.county}.get(level[-1])
    return known if known and known.endswith(level[-1]) else level


@lru_cache(maxsize=64)  # the rules ask for one title again and again
def organs(phrase: str, home: Place) -> tuple[tuple[int, int, str], ...]:
    """Every organ of a phrase: start, end and full name. 攀枝花市委、市政府 gives two, both of 攀枝花市."""
    found = []
    place: str | None = None
    for match in _organs().finditer(phrase):
        name, place = _full(match, place, home)
        found.append((match.start(), match.end(), name))
    return tuple(found)


_OTHER: Final = re.compile(
    rf"[{HAN}“”]{{2,20}}(?:部|局|委|办|厅|署|院|联|协|社|银行|公司|集团|协会|学会|机制|委员会|领导小组|办公室|指挥部|总工会|中心)"
)
"""An organ of a list, though the list's other members alone are known."""
_NOISE: Final = re.compile(
    r"(?:等[一二三四五六七八九十两多\d]*(?:个|家)?(?:部门|部委|单位|委|局|机构)?)?(?:(?:\d{1,2}月)?\d{1,2}日|近日|日前|今天|昨天|今日)?(?:联合|共同|正式|专门)*(?:印发|发布|出台|公布|下发|发出)?了?$"
)
_PLACES_BEFORE: Final = re.compile(
    "^.*(?:近日|日前|今天|今日|昨天|获悉|了解到|消息|，|：|。|\\s|）)|^[^、]*(?:由|从|与|经)"
)


def _listed(words: str) -> tuple[str, ...] | None:
    """Organs of a list that the pattern does not know: 民政部、某某办、教育部; None where there are other words."""
    parts = re.split(r"[、，,\s/／·()（）]|以及|会同|联合", words)
    names = [part for part in parts if part and part not in ("和", "与", "及")]
    return tuple(names) if all(_OTHER.fullmatch(name) for name in names) else None


_PIECE: Final = re.compile(r"(?:(?!(?<=[局厅委部院办署队])[和与及])[^\s、，,])+")
"""What stands between the signs, the blanks and the 和 of a list."""
_WHEN: Final = re.compile("^(?:近日|日前|近期|今日|今天|昨日|由|经)+")


@lru_cache(maxsize=1)
def _formed() -> re.Pattern[str]:
    """A name that has the form of an organ's: whose it is, what it is for, and what it is."""
    words = terms()["organs"]
    begins = any_of([*words["national"], *words["aliases"], *words["begins"], *_gazetteer().full])
    return re.compile(
        rf"(?:{begins}|(?P<level>自治[州县]|[省市州县区])|(?:(?![我全本有从经向对将]){_NO_NAME}[{HAN}]){{1,12}}?[县区市旗州盟])"
        rf"(?:(?![的了在将各等为对]|印发|召开|出台|发布)[{HAN}“”（）]){{0,24}}?{any_of(words['ends'])}"
        rf"(?<!{')(?<!'.join(words['no_ends'])})"
    )


def named(phrase: str, home: Place) -> tuple[str, ...]:
    """The organs of a phrase that holds nothing but their names, as before 关于… or above a date; else none.

    There a name is whole, whatever it holds: 米易县农业农村和交通水利局, 国家税务总局攀枝花市税务局, 国家能源局综合司.
    """
    names: list[str] = []
    found = organs(phrase, home)
    when = _WHEN.match(phrase)
    for piece in _PIECE.finditer(phrase, when.end() if when else 0):
        inside = [one for one in found if piece.start() <= one[0] and one[1] <= piece.end()]
        if inside and sum(end - start for start, end, _ in inside) == len(piece.group()):
            names.extend(name for _, _, name in inside)
        elif formed := _formed().fullmatch(piece.group()):
            level = formed["level"]
            names.append(_relative(level, None, home) + piece.group()[len(level) :] if level else piece.group())
        else:
            return ()
    return tuple(dict.fromkeys(names))


def issuers(phrase: str, home: Place, *, last: bool = False) -> tuple[str, ...]:
    """The issuers that a phrase names, without repeats; ``last`` takes only the last run of neighbours."""
    if not last:
        return named(phrase, home) or tuple(dict.fromkeys(name for _, _, name in organs(phrase, home)))
    acting = re.split("[，,。；;：:]", _NOISE.sub("", phrase))[-1].strip()
    return max(named(acting, home), _run(phrase, home), key=len)


def _run(phrase: str, home: Place) -> tuple[str, ...]:
    """The last run of neighbours among the organs of a phrase."""
    found = organs(phrase, home)
    if not found:
        return ()
    run = [*reversed(_behind(phrase[found[-1][1] :]))]
    start = len(phrase)
    for begin, end, name in reversed(found):
        if start < len(phrase):
            others = _listed(phrase[end:start])
            if others is None:
                break
            run.extend(reversed(others))
        run.append(name)
        start = begin
    run.extend(reversed(_before(phrase[:start])))
    return tuple(dict.fromkeys(reversed(run)))


def _behind(words: str) -> tuple[str, ...]:
    """Organs that go on a list behind the last known one: 、国防科工局联合."""
    words = _NOISE.sub("", words)
    return (_listed(words) or ()) if words.startswith(("、", "，", " ", "和", "与")) else ()


def _before(words: str) -> tuple[str, ...]:
    """Organs that begin a list before the first known one: 近日，中国科协、."""
    if not words.endswith(("、", "和", "与")):
        return ()
    return _listed(_PLACES_BEFORE.sub("", words)) or ()


@lru_cache(maxsize=1)
def _longer() -> tuple[tuple[re.Pattern[str], str], ...]:
    departments = terms()["organs"]["departments"]
    return tuple(
        (re.compile(any_of([short, *longer]) + "(?:委员会|委|局|厅|办公室|办|中心)$"), short)
        for short, longer in departments.items()
    )


@lru_cache(maxsize=1)
def _part() -> re.Pattern[str]:
    """A part of an organ of the state that acts for it: 国家能源局综合司."""
    words = terms()["organs"]
    return re.compile(
        rf"(?P<organ>{any_of([*words['national'], *words['aliases']])})(?P<part>办公厅|办公室|[{HAN}]{{2,8}}司)"
    )


_DISTRICT: Final = re.compile(rf"[{HAN}]{{1,4}}?(?:县|区)(?:政府|委|人大|[{HAN}]{{2,12}}(?:局|办|中心))")


@lru_cache(maxsize=4096)
def issuer_key(name: str) -> str:
    """What two names of one organ have in common: 中共攀枝花市委员会 and 攀枝花市委, 市经济和信息化局 and 市经信局."""
    text = re.sub(r"([市县区])\1(?=委|政府|人大)", r"\1", re.sub(r"\s+", "", name))
    text = str(terms()["organs"]["aliases"].get(text, text))
    if text in terms()["organs"]["national"]:
        return text
    if part := _part().fullmatch(text):
        return issuer_key(part["organ"]) + part["part"]
    text = re.sub("^(?:中共|中国共产党|国家税务总局(?=.+税务局$))", "", text)
    for pattern, short in _longer():
        if match := pattern.search(text):
            text = text[: match.start()] + short + "局"
            break
    text = (
        text.replace("人民政府", "政府")
        .replace("委员会", "委")
        .replace("人民代表大会", "人大")
        .replace("常务委", "常委会")
    )
    text = text.replace("管理委", "管委会").replace("办公厅", "办").replace("办公室", "办")
    place = _gazetteer().pattern.match(text)
    if place is None:
        return text
    rest = text[place.end() :]
    # A district is known by its own name, with its city before it or not.
    return rest if _DISTRICT.match(rest) else _gazetteer().full[place.group()] + rest
