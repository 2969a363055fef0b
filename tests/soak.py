"""`make soak`: in full what `make test` runs short.

    python -m tests.soak [arguments for pytest]

Imports of 2,000 notes killed 20 times on each database, servers killed 100 times
while people save, a search index killed 20 times, PostgreSQL stopped 20 times,
properties tried on thousands of texts. SEED varies the moments of the kills.
"""

import os
import sys

from tests.postgres import end_on_sigterm
from tests.run import Runner, finish

FILES = (
    "tests/importing/test_killed.py",
    "tests/importing/test_disturbed.py",
    "tests/importing/test_hostile.py",
    "tests/importing/test_hostile_zips.py",
    "tests/importing/test_properties.py",
    "tests/faults/test_together.py",
    "tests/faults/test_killed.py",
    "tests/faults/test_index_killed.py",
    "tests/faults/test_outage.py",
    "tests/faults/test_no_room.py",
)


def main(arguments: list[str]) -> int:
    end_on_sigterm()
    os.environ["SOAK"] = "on"
    runner = Runner([*FILES, *arguments])
    return finish([runner.sqlite(), runner.postgres()])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
