"""How well are policy announcements detected? Labelled cases in, one JSON object out.

    python -m benchmarks.policy --labels FILE

FILE is tab-separated with a header: title, text, relation, issuers, number, documents. relation is one of document,
report, interpretation, draft, repeal, none; several values are joined by ``|``; an empty cell is not judged.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
import time
import unicodedata
from pathlib import Path

from crawler.items import Policy
from pipelines.clean import clean_text
from pipelines.policy import detect_text, issuer_key, standard, title_key

ANNOUNCES = {"document", "report"}


def cases(path: Path) -> list[dict[str, str]]:
    """The rows of a label file, with cells in quotes or without; ``\\n`` written out in a cell is a line break."""
    text = path.read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t"))
    if any(None in row or None in row.values() for row in rows):  # a quotation mark that is text
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    return [{key: (value or "").replace("\\n", "\n").strip() for key, value in row.items() if key} for row in rows]


def values(cell: str) -> list[str]:
    return [value.strip() for value in cell.split("|") if value.strip()]


def same_number(found: str | None, wanted: str) -> bool:
    """Whether two numbers are one in any width and bracket; 令 and 公告 also without the organ before them."""
    if found is None:
        return False
    plain = unicodedata.normalize("NFKC", wanted).translate(
        str.maketrans("[【(﹝{<〈", "〔" * 7) | str.maketrans("]】)﹞}>〉", "〕" * 7)
    )
    plain = re.sub(r"\s|第(?=\d+号$)", "", plain)
    mine = re.sub(r"\s|第(?=\d+号$)", "", found)
    if mine == plain or found == standard(wanted):
        return True
    return re.fullmatch(r"\d{4}年\d+号", plain) is not None and mine.removeprefix("公告").removeprefix("通告") == plain


def judge(case: dict[str, str], policy: Policy | None) -> dict[str, bool]:
    """Which of the judged cells of a case are right."""
    right: dict[str, bool] = {}
    if case.get("relation"):
        right["kind"] = (policy.relation if policy else "none") == case["relation"]
    if case.get("issuers"):
        right["issuer"] = {issuer_key(name) for name in (policy.issuers if policy else ())} == {
            issuer_key(name) for name in values(case["issuers"])
        }
    if case.get("number"):
        right["number"] = same_number(policy.number if policy else None, case["number"])
    if case.get("documents"):
        right["title"] = {whole(name) for name in (policy.documents if policy else ())} == {
            whole(name.strip("《》") if name.startswith("《") and name.endswith("》") else name)
            for name in values(case["documents"])
        }
    return right


def whole(title: str) -> str:
    """What titles of one article are compared by: a headline leaves out the （2022—2024年） that its text has."""
    return title_key(re.sub(r"[（(][^（()）]*[）)]$", "", title))


def share(found: list[bool]) -> float | None:
    return round(sum(found) / len(found), 4) if found else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="the cases that are wrong, on standard error")
    arguments = parser.parse_args()
    rows = cases(arguments.labels)
    for case in rows:  # articles come to detection cleaned
        case |= {name: clean_text(case.get(name, "")) for name in ("title", "text")}
    detect_text("攀枝花市人民政府关于印发《办法》的通知", "")
    counted = {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    judged: dict[str, list[bool]] = {"issuer": [], "number": [], "kind": [], "title": []}
    spent: dict[bool, list[float]] = {True: [], False: []}
    for case in rows:
        start = time.process_time()
        policy = detect_text(case["title"], case.get("text", ""))
        spent[policy is not None].append(time.process_time() - start)
        for name, ok in judge(case, policy).items():
            judged[name].append(ok)
            if not ok and arguments.show:
                print(
                    name,
                    "|",
                    case.get("relation"),
                    case.get("issuers"),
                    case.get("number"),
                    case.get("documents"),
                    "|",
                    case["title"],
                    "|",
                    case.get("text", "")[:90],
                    "=>",
                    policy and (policy.relation, policy.issuers, policy.number, policy.documents),
                    file=sys.stderr,
                )
        if case.get("relation"):
            wanted, got = case["relation"] in ANNOUNCES, policy is not None and policy.relation in ANNOUNCES
            counted["tp" if wanted and got else "fn" if wanted else "fp" if got else "tn"] += 1
    precision = counted["tp"] / max(1, counted["tp"] + counted["fp"])
    recall = counted["tp"] / max(1, counted["tp"] + counted["fn"])
    print(
        json.dumps(
            {
                "cases": len(rows),
                "precision": round(precision, 4),
                "recall": round(recall, 4),
                "f1": round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0,
                **{name: share(found) for name, found in judged.items()},
                **counted,
                "ms_policy": round(1000 * sum(spent[True]) / max(1, len(spent[True])), 3),
                "ms_none": round(1000 * sum(spent[False]) / max(1, len(spent[False])), 3),
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
