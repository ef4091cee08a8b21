"""Alert rules: which changes of the tables an analyst wants to hear of. Pure: tables and earlier states in, alerts out."""

from pipeline.alerts.kinds import Sighting
from pipeline.alerts.rules import DEFAULT_RULES, Rule, load_rules
from pipeline.alerts.watching import COLUMNS_WATCHED, Alert, States, watch

__all__ = ["COLUMNS_WATCHED", "DEFAULT_RULES", "Alert", "Rule", "Sighting", "States", "load_rules", "watch"]
