"""One import at a time on this machine.

Two that read the same dump at once would both find its notes new. The second
waits, and then finds them the same. The lock goes with its process, however
that ends.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)


@contextmanager
def one_import_at_a_time() -> Iterator[None]:
    """Waits until no other import runs, and keeps others waiting."""
    path = Path(settings.DATA_DIR) / "import.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        # Better an import without it than none.
        logger.warning("No lock for imports at %s: %s", path, error)
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
