"""The line at the bottom: the keys that matter here, as they are really bound."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

from sse_tui.tui.keymap import key_character, key_label

GAPS = ("   ", "  ")


class KeyBar(Widget):
    """Keys and what they do; a click does it too.

    Args:
        order: the binding ids to show, from left to right.
        spare: those that are left out where there is no room, the first first.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; background: $bar; color: $muted; padding: 0 1; dock: bottom; }
    """

    def __init__(self, order: Sequence[str], spare: Sequence[str] = ()) -> None:
        super().__init__()
        self.auto_links = False  # no underlines: all of it can be clicked
        self._order, self._spare = tuple(order), tuple(spare)

    def on_mount(self) -> None:
        """Follow the focus: other widgets have other keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """The keys that can be used now, as many as fit."""
        items = self._items()
        width = self.content_size.width
        for left_out in (None, *self._spare):
            items.pop(left_out, None)
            for gap in GAPS:
                line = Content(gap).join(items.values())
                if line.cell_length <= width:
                    return line
        return line

    def _items(self) -> dict[str | None, Content]:
        by_id: dict[str, Content] = {}
        focused = self.screen.focused
        consumes = focused.check_consume_key if focused is not None else None
        for active in self.screen.active_bindings.values():
            binding = active.binding
            # In an input the letters are typed: what they would do elsewhere is not offered.
            if consumes is not None and consumes(binding.key, key_character(binding.key)):
                continue
            if binding.id in self._order and binding.id not in by_id and active.enabled:
                click = Style.from_meta({"@click": f"app.simulate_key('{binding.key}')"})
                by_id[binding.id] = Content.assemble(
                    (key_label(binding.key), "bold $focus"), " ", binding.description
                ).stylize(click)
        return {id_: by_id[id_] for id_ in self._order if id_ in by_id}
