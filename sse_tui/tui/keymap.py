"""The key bindings of the app and its screens, each with an id under which it can be remapped.

Widgets with keys of their own (`log.*`, `detail.*`, ...) declare them beside their actions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from textual.binding import Binding, BindingType
from textual.dom import DOMNode


def _key(
    name: str, keys: str, action: str, words: str, *, bar: str = "", priority: bool = False
) -> Binding:
    """A binding: `words` for the help, `bar` for the bottom line, where it stands there."""
    return Binding(
        keys, action, bar or words, id=name, show=bool(bar), tooltip=words, priority=priority
    )


APP_BINDINGS: list[BindingType] = [
    _key("app.quit", "q", "quit", "quit"),
    _key("app.quit-now", "ctrl+q", "quit", "quit, from a field too", priority=True),
    _key("app.copy", "ctrl+c", "explain_quit", "copy, or say how to quit"),
    _key("app.help", "question_mark,f1", "help", "this page", bar="help"),
    _key(
        "app.palette",
        "ctrl+p,colon",
        "command_palette",
        "commands, topics, themes",
        bar="palette",
    ),
]

MAIN_BINDINGS: list[BindingType] = [
    _key("main.send", "s,ctrl+n", "compose", "write an event and send it", bar="send"),
    _key("main.subscribe", "a", "subscribe", "subscribe to a topic or URL"),
    _key("main.unsubscribe", "x", "unsubscribe", "unsubscribe; again: drop its rows"),
    _key("main.reconnect", "r", "reconnect", "reconnect now"),
    _key(
        "main.toggle-topics",
        "ctrl+b,T",
        "toggle_topics",
        "go to the topics, or hide them",
        bar="topics",
    ),
    _key(
        "main.toggle-agent", "ctrl+g,A", "toggle_agent", "go to the agent, or hide it", bar="agent"
    ),
    _key("main.go-to-approval", "ctrl+y", "go_to_approval", "answer what the agent asks"),
    _key("main.filter", "slash", "filter", "filter the log", bar="filter"),
    _key("main.back", "escape", "back", "close, or lift the filter"),
    _key("main.export-event", "e", "export_event", "write the event to a file", bar="export"),
    _key("main.export-view", "E", "export_view", "write the view's rows to a file"),
    _key("main.zoom", "z", "zoom", "the log alone, or all panes"),
    _key("main.next-tab", "right_square_bracket", "next_tab", "next tab"),
    _key("main.previous-tab", "left_square_bracket", "previous_tab", "previous tab"),
    _key("main.tab-1", "1", "tab(1)", "first tab, 2 to 9 the others"),
    *(Binding(str(n), f"tab({n})", id=f"main.tab-{n}", show=False) for n in range(2, 10)),
]

MAIN_KEY_BAR = (
    "main.send",
    "main.filter",
    "log.toggle-follow",
    "log.toggle-pause",
    "log.detail",
    "log.copy",
    "main.export-event",
    "answer.follow",
    "chat.citations",
    "main.toggle-topics",
    "main.toggle-agent",
    "app.palette",
    "app.help",
)
"""What the main screen's bottom line shows, in this order."""

MAIN_KEY_BAR_SPARE = (
    "main.export-event",
    "log.copy",
    "app.palette",
    "log.toggle-pause",
    "log.toggle-follow",
)
"""What it leaves out first where there is no room."""

DIALOG_BINDINGS: list[BindingType] = [
    Binding("escape", "close", "close", id="dialog.close"),
    Binding("ctrl+c", "app.explain_quit", id="dialog.copy", show=False),
]

COMPOSE_BINDINGS: list[BindingType] = [
    Binding("ctrl+j", "send", "send", id="compose.send"),
    Binding("ctrl+l", "clear", "clear", id="compose.clear"),
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


def complaints(keymap: Mapping[str, str]) -> list[str]:
    """What of a keymap cannot be followed: ids that do not exist, keys that are given twice.

    Args:
        keymap: binding id -> keys.
    """
    tables = [[b for b in table if isinstance(b, Binding) and b.id] for table in _all_tables()]
    ids = {binding.id for table in tables for binding in table}
    lines = [f"There is no key binding {name}" for name in keymap if name not in ids]
    for table in tables:
        owners: dict[str, str] = {}
        for binding in table:
            name = binding.id or ""
            for key in keymap.get(name, binding.key).split(","):
                other = owners.setdefault(key.strip(), name)
                if other != name and keymap.keys() & {name, other}:
                    lines.append(f"{key_label(key)} is bound to {other} and to {name}")
    return list(dict.fromkeys(lines))


def _all_tables() -> Iterator[Iterable[BindingType]]:
    """The bindings of every class that is loaded."""
    classes: list[type[DOMNode]] = [DOMNode]
    while classes:
        one = classes.pop()
        classes += one.__subclasses__()
        yield one.__dict__.get("BINDINGS", ())


def key_character(key: str) -> str | None:
    """What a key types, if it types anything."""
    label = _NAMES.get(key, key)
    return label if len(label) == 1 and label not in "⏎↑↓←→" else None


def bound_keys(
    bindings: Iterable[BindingType], keymap: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """The keys of each binding that has a description, the description, and the binding's id.

    Args:
        bindings: with ids.
        keymap: binding id -> keys, where the configuration says otherwise.
    """
    lines = []
    for binding in bindings:
        if isinstance(binding, Binding) and binding.description:
            keys = keymap.get(binding.id or "", binding.key).split(",")
            words = binding.tooltip or binding.description
            labels = " ".join(key_label(key.strip()) for key in keys)
            lines.append((labels, words, binding.id or ""))
    return lines
