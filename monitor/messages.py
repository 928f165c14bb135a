"""What a person reads of an alert: plain text from its payload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitor.plain import clean, line

HEADINGS: Final = {
    "new": "新政策",
    "draft": "征求意见",
    "follow-up": "后续报道",
    "revision": "页面有修改",
    "withdrawal": "废止",
    "vanished": "页面已撤下",
    "breakage": "来源异常",
    "recovery": "来源恢复",
}
LONGEST: Final = 3_500
"""Characters of a text; the chat services cut off or refuse longer ones."""
_CHANGES: Final = 8
_SENTENCE: Final = 150
"""Changes that a message shows, and characters of each sentence: the page has them all."""
_LABELS: Final = (
    ("number", "文号"),
    ("kind", "文种"),
    ("effective_on", "施行"),
    ("expires_on", "有效期至"),
    ("comments_until", "意见截止"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One sending: an alert, or a digest of several."""

    key: str
    """The same each time it is sent: a receiver may drop a key it has seen."""
    title: str
    text: str
    alerts: tuple[Mapping[str, Any], ...]
    """The payloads."""


def message(payload: Mapping[str, Any]) -> Message:
    """The message of one alert."""
    return Message(
        key=payload["key"], title=line(_headline(payload)), text=clean("\n".join(_lines(payload))), alerts=(payload,)
    )


def fitting(payloads: Sequence[Mapping[str, Any]]) -> int:
    """How many of the alerts, from the first on, one digest can tell of without being cut off; at least one."""
    length = 0
    for number, payload in enumerate(payloads):
        length += len(_block(number + 1, payload)) + 2
        if length > LONGEST:
            return max(number, 1)
    return len(payloads)


def digest(key: str, payloads: Sequence[Mapping[str, Any]]) -> Message:
    """The message of several alerts of one watch."""
    blocks = [_block(number, payload) for number, payload in enumerate(payloads, 1)]
    title = f"{payloads[0].get('watch') or 'panxi'}：{len(payloads)}条"
    return Message(key=key, title=line(title), text=clean("\n\n".join(blocks)), alerts=tuple(payloads))


def _block(number: int, payload: Mapping[str, Any]) -> str:
    return "\n".join([f"{number}. {_headline(payload)}", *_lines(payload)])


def _headline(payload: Mapping[str, Any]) -> str:
    heading = HEADINGS.get(payload["kind"], payload["kind"])
    policy = payload.get("policy") or {}
    if payload["kind"] == "new" and not policy:
        heading = "新文章"
    name = f"《{policy['title']}》" if policy.get("title") else payload["title"]
    return f"【{heading}】{name}"


def _lines(payload: Mapping[str, Any]) -> list[str]:
    policy = payload.get("policy") or {}
    lines = [payload["title"]]
    if payload.get("detail"):
        lines.append(payload["detail"])
    if len(policy.get("documents") or ()) > 1:
        lines.append("".join(f"《{name}》" for name in policy["documents"]))
    if policy.get("issuers"):
        lines.append(f"发文机关：{'、'.join(policy['issuers'])}")
    lines += [f"{label}：{policy[name]}" for name, label in _LABELS if policy.get(name)]
    if policy.get("targets"):
        aims = [f"{aim['year']}年 {aim['what']} {aim['value']}" for aim in policy["targets"][:5]]
        lines.append(f"目标：{'；'.join(aims)}")
    changed = payload.get("changed") or ()
    for change in changed[:_CHANGES]:
        lines.append(f"－ {change['before'][:_SENTENCE]}" if change["before"] else "－")
        lines.append(f"＋ {change['after'][:_SENTENCE]}" if change["after"] else "＋")
    if len(changed) > _CHANGES:
        lines.append(f"另有{len(changed) - _CHANGES}处修改")
    if policy.get("quote") not in (None, payload["title"]) and not changed:
        lines.append(f"“{policy['quote']}”")
    if payload.get("published_at"):
        lines.append(
            f"发布：{payload['published_at'][:10]}　来源：{payload.get('origin') or payload.get('source') or ''}"
        )
    if payload.get("url"):
        lines.append(payload["url"])
    return lines
