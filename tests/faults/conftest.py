"""The page over an archive, as its own tests have it."""

from tests.monitor.web.conftest import client, config, on_each

__all__ = ["client", "config", "on_each"]
