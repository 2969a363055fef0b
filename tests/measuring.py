"""How long a process or a piece of code takes, and how much memory a process needs.

Memory is Linux only: elsewhere the figures are 0.
"""

import os
import resource
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_SECONDS_BETWEEN_LOOKS = 0.05
_LOOKS_BETWEEN_SUMS = 5
MIB = 1024 * 1024


@dataclass
class Memory:
    """The most that processes needed, in bytes."""

    # Of each process, by its id: pages shared with others count in each.
    peaks: dict[int, int] = field(default_factory=dict)
    # Of all together at one time, shared pages counted once.
    together: int = 0

    @property
    def largest(self) -> int:
        return max(self.peaks.values(), default=0)

    @property
    def total(self) -> int:
        return sum(self.peaks.values())


@dataclass(frozen=True)
class Measured:
    """How a process went."""

    code: int
    out: str
    err: str
    seconds: float
    memory: Memory
    # Of it and its children: what else the machine does changes it little.
    cpu_seconds: float = 0


def watch(
    process: subprocess.Popen,
    *,
    seconds: float = 3600,
    seconds_between_looks: float = _SECONDS_BETWEEN_LOOKS,
) -> Measured:
    """Waits for a process whose output is piped; kills it when time is up."""
    memory, started, cpu = Memory(), time.perf_counter(), _cpu_of_children()
    looks = 0
    while True:
        _look(process.pid, memory, sums=looks % _LOOKS_BETWEEN_SUMS == 0)
        looks += 1
        try:
            out, err = process.communicate(timeout=seconds_between_looks)
            break
        except subprocess.TimeoutExpired:
            if time.perf_counter() - started > seconds:
                process.kill()
    took = time.perf_counter() - started
    cpu = _cpu_of_children() - cpu
    return Measured(process.returncode, out or "", err or "", took, memory, cpu)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _look(pid: int, memory: Memory, *, sums: bool) -> None:
    pids = [pid, *descendants(pid)]
    for one in pids:
        peak = _kibibytes(Path(f"/proc/{one}/status"), "VmHWM:")
        memory.peaks[one] = max(memory.peaks.get(one, 0), peak)
    if sums:
        shares = (_kibibytes(Path(f"/proc/{one}/smaps_rollup"), "Pss:") for one in pids)
        memory.together = max(memory.together, sum(shares))


def descendants(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(children).split():
            found += [int(child), *descendants(int(child))]
    return found


def processes_of_group(group: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        # After the name in brackets: state, parent, group.
        state = _read(folder / "stat").rpartition(")")[2].split()
        if len(state) > 2 and int(state[2]) == group and state[0] not in "ZX":
            found.append(int(folder.name))
    return found


def _kibibytes(path: Path, name: str) -> int:
    for line in _read(path).splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ProcessLookupError):
        # It ended while it was looked at.
        return ""


def is_supported() -> bool:
    return os.path.exists("/proc/self/smaps_rollup")


def seconds_of(act: Callable[[], object]) -> float:
    """How long this process works at something, the best of three times."""
    times = []
    for _ in range(3):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return min(times)
