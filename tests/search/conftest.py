"""What the tests of searching share."""

import time
from collections.abc import Callable

import pytest


@pytest.fixture
def seconds_of() -> Callable[[Callable[[], object]], float]:
    """How long something takes of this process, the best of three times."""

    def measured(act: Callable[[], object]) -> float:
        times = []
        for _ in range(3):
            start = time.process_time()
            act()
            times.append(time.process_time() - start)
        return min(times)

    return measured
