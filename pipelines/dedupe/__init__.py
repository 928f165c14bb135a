"""Near-duplicates: what finds them (``fingerprint``) and what decides (``same_story``). Pure, no database."""

from pipelines.dedupe.fingerprint import fingerprint
from pipelines.dedupe.judge import same_story, story

__all__ = ["fingerprint", "same_story", "story"]
