"""All tables → trends: every series with its interval, the sentences behind each point; formulations, keyness, echoes."""

from pipeline.trends.echo import find_echoes
from pipeline.trends.estimates import estimate_trends
from pipeline.trends.evidence import evidence
from pipeline.trends.formulations import find_formulations
from pipeline.trends.networks import network_tables
from pipeline.trends.slices import compare_slices, compare_two

__all__ = ["compare_slices", "compare_two", "estimate_trends", "evidence", "find_echoes", "find_formulations", "network_tables"]
