"""The key bindings of the app and its screens, each with an id under which it can be remapped.

Widgets with keys of their own (`log.*`, `detail.*`, ...) declare them beside their actions.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

APP_BINDINGS: list[BindingType] = [
    Binding("q", "quit", "quit", id="app.quit", show=False),
    Binding("ctrl+q", "quit", "quit", id="app.quit-now", show=False, priority=True),
    Binding("ctrl+c", "explain_quit", "copy, or say how to quit", id="app.copy", show=False),
    Binding("question_mark,f1", "help", "help", id="app.help"),
    Binding("ctrl+p,colon", "command_palette", "palette", id="app.palette"),
]

MAIN_BINDINGS: list[BindingType] = [
    Binding("s,ctrl+n", "compose", "send", id="main.send"),
    Binding("a", "subscribe", "subscribe", id="main.subscribe", show=False),
    Binding("x", "unsubscribe", "unsubscribe", id="main.unsubscribe", show=False),
    Binding("r", "reconnect", "reconnect", id="main.reconnect", show=False),
    Binding("T,ctrl+b", "toggle_topics", "topics", id="main.toggle-topics"),
    Binding("A,ctrl+g", "toggle_agent", "agent", id="main.toggle-agent"),
    Binding("ctrl+y", "go_to_approval", "answer the agent", id="main.go-to-approval", show=False),
    Binding("slash", "filter", "filter", id="main.filter"),
    Binding("z", "zoom", "zoom the log", id="main.zoom", show=False),
    Binding("right_square_bracket", "next_tab", "next tab", id="main.next-tab", show=False),
    Binding("left_square_bracket", "previous_tab", "previous tab", id="main.prev-tab", show=False),
    *(
        Binding(str(n), f"tab({n})", f"tab {n}", id=f"main.tab-{n}", show=False)
        for n in range(1, 10)
    ),
]

MODAL_BINDINGS: list[BindingType] = [
    Binding("escape", "close", "close", id="dialog.close"),
]

_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "enter": "⏎",
    "escape": "esc",
    "space": "space",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "tab": "tab",
    "backspace": "bksp",
    "delete": "del",
}


def key_label(key: str) -> str:
    """A key as the footer and the help show it: `ctrl+n` is `^n`, `question_mark` is `?`."""
    *modifiers, name = key.split("+")
    label = _NAMES.get(name, name.upper() if len(name) > 1 and name[0] == "f" else name)
    for modifier in reversed(modifiers):
        label = f"^{label}" if modifier == "ctrl" else f"{modifier}+{label}"
    return label
