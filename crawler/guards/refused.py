"""What a guard says no with."""

from scrapy.exceptions import IgnoreRequest


class Refused(IgnoreRequest):
    """A guard refused this request for good: it is not tried again, and the message is one line that says why."""


class TooLarge(Refused):
    """The answer went past a limit."""
