"""What an article says of an official document: detection by rules whose words are data."""

from pipelines.policy.detect import detect, detect_text
from pipelines.policy.issuers import issuer_key
from pipelines.policy.numbers import standard
from pipelines.policy.titles import title_key

__all__ = ["detect", "detect_text", "issuer_key", "standard", "title_key"]
