"""What wants looking after in a wiki: lists of defects that people mend.

Each list finds keys of defects for one group of readers, in order; the pages show
some of them at a time. Nothing here that a reader may not see is counted.
"""
