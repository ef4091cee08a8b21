"""All tables → trends: every series with its interval, and the sentences behind each point."""

from pipeline.trends.estimates import estimate_trends
from pipeline.trends.evidence import evidence

__all__ = ["estimate_trends", "evidence"]
