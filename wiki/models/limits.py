"""How often, and how many at once: rows that hold for all processes."""

import time

from django.db import models
from django.db.models import F

# Rows of windows that are long past are swept this often, by chance.
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
        if row.count % SWEEP_ONE_IN == 1:
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
        now = time.time()
        ends_at = now + seconds
        if self.filter(name=name, ends_at__lte=now).update(ends_at=ends_at):
            return True
        self.bulk_create([Turn(name=name, ends_at=ends_at)], ignore_conflicts=True)
        return self.filter(name=name, ends_at=ends_at).exists()

    def give_back(self, name: str) -> None:
        """Ends the turn at once."""
        self.filter(name=name).update(ends_at=0)


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
