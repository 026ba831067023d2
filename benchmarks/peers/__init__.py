"""Everybody else, one module for each group. Modules import their library when asked.

Functions take the inputs of a case and return what is timed. Imports, compilation and
conversion happen before, so that only the scan itself is timed.
"""
