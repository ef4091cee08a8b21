"""Tables → a report that opens offline: pages, charts, evidence, files to cite from."""

from pipeline.reports.report import ReportWritten, write_report

__all__ = ["ReportWritten", "write_report"]
