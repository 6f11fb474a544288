"""Checking figures before anything of them is published: column by column, so that millions take seconds.

A message is read once. Rows outside the selection of the indicator are left aside and counted. Of the others each
row is sound or has one fault (`rows.py`); what is wrong with the message as a whole is told too (`whole.py`).
Nothing is decided here.
"""

from gilde.indicators.checking.check import check
from gilde.indicators.checking.result import SHOWN, Checked, Found
from gilde.indicators.checking.whole import shrunk

__all__ = ["SHOWN", "Checked", "Found", "check", "shrunk"]
