"""Proof from inside: whether what is stored is what the history says it is.

Everything of a page but its revisions is derived from them. `check_wiki` makes
it once more and compares; with repair it puts right what is derived, and never
touches what people wrote.
"""

from wiki.checking.findings import Finding
from wiki.checking.run import CheckOptions, Step, check_wiki

__all__ = ["CheckOptions", "Finding", "Step", "check_wiki"]
