"""What may be asked of an enhancement: on the command line, and of footage in brief.md."""

from __future__ import annotations

from reelwright.core.settings import EnhanceSettings


class Order(EnhanceSettings):
    """What is asked of one file."""

    @property
    def empty(self) -> bool:
        """Whether nothing is asked."""
        return self == Order()
