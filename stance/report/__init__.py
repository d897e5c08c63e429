"""Labelled sentences -> a page that people look at: one html file, nothing fetched from outside."""

from stance.report.page import make_page, make_report
from stance.report.study import View

__all__ = ["View", "make_page", "make_report"]
