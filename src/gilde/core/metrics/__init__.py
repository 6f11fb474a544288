"""Metrics of every context: `@metric` registers one, `run` computes, `examples` shows each worked by hand."""

from gilde.core.metrics.registry import (
    ALL,
    PERCENT,
    Measured,
    Metric,
    MetricDefinitionError,
    Outcome,
    Run,
    get,
    metric,
    metrics,
    run,
)

__all__ = [
    "ALL",
    "PERCENT",
    "Measured",
    "Metric",
    "MetricDefinitionError",
    "Outcome",
    "Run",
    "get",
    "metric",
    "metrics",
    "run",
]
