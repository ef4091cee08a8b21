"""Tables → a report that opens offline: pages, charts, evidence, files to cite from."""

from pipeline.reports.material import UNIVERSE
from pipeline.reports.report import ReportWritten, write_report

__all__ = ["UNIVERSE", "ReportWritten", "write_report"]
