"""What stands in the index for a text. Pure.

A word in Hangul, Han or Kana becomes every pair of neighbours and its last sign
alone, so that each place of it begins a token.
"""

# Which rules made the tokens; moves whenever they give others.
ANALYSER = 1
