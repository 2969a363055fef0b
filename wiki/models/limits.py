"""How often, and how many at once: rows that hold for all processes."""

import random
import time

from django.db import models
from django.db.models import F

# One hit in so many, by chance, sweeps out the rows of windows long past.
SWEEP_ONE_IN = 500
KEEP_SECONDS = 86_400


class RateLimitManager(models.Manager):
    def hit(self, key: str, *, limit: int, seconds: int) -> int:
        """Count one more; 0 when within the limit, else the seconds to wait.

        Fixed windows. Two queries, and an insert for the first of a window.
        """
        window = int(time.time()) // seconds
        name = f"{key}:{seconds}:{window}"[:200]
        self.bulk_create(
            [RateLimit(name=name, window_ends_at=(window + 1) * seconds)],
            ignore_conflicts=True,
        )
        self.filter(name=name).update(count=F("count") + 1)
        row = self.only("count", "window_ends_at").get(name=name)
        if random.randrange(SWEEP_ONE_IN) == 0:  # noqa: S311
            self.filter(window_ends_at__lt=time.time() - KEEP_SECONDS).delete()
        if row.count <= limit:
            return 0
        return max(1, row.window_ends_at - int(time.time()))


class RateLimit(models.Model):
    """How often `name` happened in the window that is part of the name."""

    name = models.CharField(max_length=200, unique=True)
    count = models.PositiveIntegerField(default=0)
    window_ends_at = models.BigIntegerField(db_index=True)

    objects = RateLimitManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


class TurnManager(models.Manager):
    def take(self, name: str, *, seconds: float) -> bool:
        """Whether the turn of this name is ours now, for so long at most.

        One query when it is free, three when it is new or taken.
        """
        if self._take(name, seconds):
            return True
        self.bulk_create([Turn(name=name)], ignore_conflicts=True)
        return self._take(name, seconds)

    def give_back(self, name: str) -> None:
        """Ends the turn at once."""
        self.filter(name=name).update(ends_at=0)

    def _take(self, name: str, seconds: float) -> bool:
        now = time.time()
        free = self.filter(name=name, ends_at__lte=now)
        return bool(free.update(ends_at=now + seconds))


class Turn(models.Model):
    """A thing that one at a time may do: costly work for one person, say.

    It ends by itself, so that a process that was killed holds up nobody for long.
    """

    name = models.CharField(max_length=200, unique=True)
    ends_at = models.FloatField(default=0)

    objects = TurnManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
