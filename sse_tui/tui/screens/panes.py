"""Which side panes are in sight: all where there is room, one over the log where there is not."""

from __future__ import annotations

TOPICS_FROM = 90
"""Columns from which the topics stand beside the log."""
AGENT_FROM = 116
"""Columns from which the agent stands there too."""
LEAST_WIDTH, LEAST_HEIGHT = 60, 15


class Panes:
    """What the user wants to see, against the room that there is."""

    def __init__(self) -> None:
        self._width = 0
        self._wanted: dict[str, bool | None] = {"topics": None, "agent": None}
        self.zoomed = False

    def resize(self, width: int) -> None:
        """The terminal has this width now; where the room changed, so do the panes."""
        if self._roomy(self._width) != self._roomy(width):
            self._wanted = dict.fromkeys(self._wanted)
        self._width = width

    @property
    def overlay(self) -> frozenset[str]:
        """Panes that would lie over the log."""
        return frozenset(name for name, room in self._roomy(self._width).items() if not room)

    def is_shown(self, name: str) -> bool:
        """Whether the pane is in sight."""
        wanted = self._wanted[name]
        if self.zoomed:
            return False
        return self._roomy(self._width)[name] if wanted is None else wanted

    def set_shown(self, name: str, shown: bool) -> None:
        """The user wants this pane in sight, or out of it; of overlays one at a time."""
        self.zoomed = False
        if shown:
            for other in self.overlay - {name}:
                self._wanted[other] = False
        self._wanted[name] = shown

    def close_overlays(self) -> bool:
        """Take what lies over the log away; False when nothing did."""
        lying = [name for name in self.overlay if self.is_shown(name)]
        for name in lying:
            self._wanted[name] = False
        return bool(lying)

    @staticmethod
    def _roomy(width: int) -> dict[str, bool]:
        return {"topics": width >= TOPICS_FROM, "agent": width >= AGENT_FROM}
