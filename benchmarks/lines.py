"""The lines of the table that `make bench` prints."""

from dataclasses import dataclass

from tests.measuring import MIB


@dataclass(frozen=True)
class Line:
    """One measured figure; with a goal, whether it meets that."""

    name: str
    figure: str
    goal: str = ""
    is_met: bool = True

    @classmethod
    def at_least(cls, name: str, rate: float, goal: float, unit: str) -> "Line":
        """A rate; `goal` 0 is none."""
        told = f">= {goal:,}" if goal else ""
        return cls(name, f"{rate:,.0f} {unit}", told, rate >= goal)

    @classmethod
    def at_most_mib(cls, name: str, size: int, goal: int) -> "Line":
        told = f"<= {goal // MIB} MiB"
        return cls(name, f"{size // MIB} MiB", told, size <= goal)

    def text(self, width: int) -> str:
        verdict = ("ok" if self.is_met else "MISSED") if self.goal else ""
        return f"{self.name:{width}}  {self.figure:>20}  {self.goal:>12}  {verdict}"
