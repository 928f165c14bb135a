"""The archive's figures for Prometheus, counted when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from storage.schema import article, delivery, frontier, run, source

CONTENT_TYPE = CONTENT_TYPE_LATEST


def text(conn: Connection) -> bytes:
    """The figures in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(_Archive(conn))
    return generate_latest(registry)


class _Archive(Collector):
    """Gauges over the tables: a process that is started again counts on, for the archive remembers."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Each gauge."""
        count = func.count()
        yield self._counted("panxi_articles", "Articles kept", "source", select(article.c.source, count))
        yield self._counted("panxi_frontier", "Addresses by state", "state", select(frontier.c.state, count))
        yield self._counted(
            "panxi_deliveries", "Deliveries of alerts by state", "state", select(delivery.c.state, count)
        )
        yield self._counted("panxi_runs", "Runs by state", "state", select(run.c.state, count))
        for name, meaning, column in (
            ("panxi_source_last_run_timestamp_seconds", "Start of the last crawl", source.c.last_run_at),
            ("panxi_source_last_success_timestamp_seconds", "End of the last whole crawl", source.c.last_success_at),
        ):
            gauge = GaugeMetricFamily(name, meaning, labels=["source"])
            for row in self._conn.execute(select(source.c.name, column).where(column.is_not(None))):
                gauge.add_metric([row[0]], row[1].timestamp())
            yield gauge
        states = GaugeMetricFamily("panxi_source_state", "1 for the state a source is in", labels=["source", "state"])
        for row in self._conn.execute(select(source.c.name, source.c.state)):
            states.add_metric([row.name, row.state], 1)
        yield states

    def _counted(self, name: str, meaning: str, label: str, statement: object) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(name, meaning, labels=[label])
        key = statement.selected_columns[0]  # type: ignore[attr-defined]
        for row in self._conn.execute(statement.group_by(key)):  # type: ignore[attr-defined]
            gauge.add_metric([row[0] or "unknown"], row[1])
        return gauge
