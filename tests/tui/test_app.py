from __future__ import annotations

from pathlib import Path

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.widgets import Input
from tui.screen_app import Screen, running_app, sight, text_of

from sse_tui.tui.crash_report import write_report
from sse_tui.tui.keymap import MAIN_BINDINGS, complaints, key_label
from sse_tui.tui.screens.help import SECTIONS, HelpScreen
from sse_tui.tui.screens.too_small import TooSmallScreen
from sse_tui.tui.screens.unexpected import UnexpectedErrorScreen
from sse_tui.tui.setup import AppSetup


def forgive(screen: Screen) -> None:
    """Let a test raise on purpose: run_test else raises what the app caught."""
    screen.app._exception = None


# -- help and palette


async def test_help_names_every_key_with_an_id() -> None:
    bindings = [b for _, table in SECTIONS for b in table if isinstance(b, Binding)]
    assert all(binding.id for binding in bindings)
    async with running_app(size=(120, 40)) as screen:
        await screen.press("question_mark")
        assert isinstance(screen.app.screen, HelpScreen)
        shown = "\n".join(text_of(column) for column in screen.app.screen.query(".column"))
        for binding in bindings:
            if binding.description:
                assert binding.tooltip in shown
                assert binding.description in shown or binding.tooltip
                assert key_label(binding.key.split(",")[0]) in shown
        await screen.press("escape")
        await screen.until(lambda: screen.app.screen is screen.main)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 45)])
async def test_help_gives_each_id_beside_its_key(size: tuple[int, int]) -> None:
    bindings = [b for _, table in SECTIONS for b in table if isinstance(b, Binding)]
    async with running_app(size=size) as screen:
        await screen.press("question_mark")
        columns = screen.app.screen.query(".column")
        shown = [line for column in columns for line in text_of(column).splitlines()]
        for binding in bindings:
            if binding.description:
                (line,) = (line for line in shown if line.endswith(f" {binding.id}"))
                assert key_label(binding.key.split(",")[0]) in line
                assert (binding.tooltip or binding.description) in line


async def test_help_and_bottom_line_show_remapped_keys() -> None:
    setup = AppSetup(keymap={"main.send": "f6", "log.toggle-pause": "ctrl+k"})
    async with running_app(size=(120, 40), setup=setup) as screen:
        bottom = sight(screen.app).splitlines()[-1]
        assert "F6 send" in bottom
        assert "^k pause" in bottom
        await screen.press("s")
        assert screen.app.screen is screen.main
        await screen.press("f1")
        assert "F6" in text_of(next(iter(screen.app.screen.query(".column"))))
        await screen.press("escape", "ctrl+k")
        assert screen.main.log_pane.log_view.paused
        await screen.press("f6")
        assert screen.app.screen is not screen.main


def test_ids_are_unique_and_no_key_is_bound_twice_in_one_place() -> None:
    for name, table in SECTIONS:
        bindings = [b for b in table if isinstance(b, Binding)]
        ids = [b.id for b in bindings]
        assert len(ids) == len(set(ids)), name
        keys = [key for b in bindings for key in b.key.split(",")]
        assert len(keys) == len(set(keys)), name
    assert len(MAIN_BINDINGS) > 9


async def test_the_palette_does_what_its_lines_say() -> None:
    async with running_app(size=(120, 40)) as screen:
        await screen.press("colon")
        await screen.until(lambda: isinstance(screen.app.screen, CommandPalette))
        await screen.until(lambda: "Send an event" in sight(screen.app))
        await screen.type("pause")
        await screen.until(lambda: "Subscribe" not in sight(screen.app))
        await screen.press("enter")
        await screen.until(lambda: screen.main.log_pane.log_view.paused)


async def test_the_palette_changes_the_theme_and_goes_to_topics() -> None:
    async with running_app("http://127.0.0.1:9", "orders", "logs", size=(120, 40)) as screen:
        await screen.until(lambda: len(screen.main.sidebar.topics) == 2)
        await screen.press("ctrl+g", "ctrl+p")
        await screen.type("sse-light")
        await screen.until(lambda: "Theme sse-light" in sight(screen.app))
        await screen.press("enter")
        await screen.until(lambda: screen.app.theme == "sse-light")
        assert screen.main.chat.input.value == ""
        await screen.press("ctrl+p")
        await screen.type("go to logs")
        await screen.until(lambda: "Go to logs" in sight(screen.app))
        await screen.press("enter")
        await screen.until(lambda: screen.main.log_pane.views.active == "logs")


# -- quitting


async def test_q_quits_at_once_when_nothing_would_be_lost() -> None:
    async with running_app() as screen:
        await screen.press("q")
        await screen.until(lambda: screen.app._exit)
        assert screen.app.return_code == 0


async def test_a_running_turn_stands_in_the_way() -> None:
    async with running_app() as screen:
        await screen.main.chat.begin_turn("q")
        await screen.press("ctrl+g", "ctrl+q")
        await screen.until(lambda: "at work on an answer" in sight(screen.app))
        await screen.press("n")
        await screen.until(lambda: screen.app.screen is screen.main)
        await screen.press("ctrl+q", "y")
        await screen.until(lambda: screen.app._exit)


async def test_control_c_says_how_to_quit() -> None:
    async with running_app() as screen:
        await screen.press("ctrl+c")
        assert any("q quits" in toast for toast in screen.toasts)
        await screen.press("s", "ctrl+c")
        assert len(screen.toasts) == 2
        assert not screen.app._exit


# -- size


async def test_a_terminal_too_small_says_so_over_anything_and_goes_on() -> None:
    async with running_app(size=(80, 24)) as screen:
        await screen.press("s")
        before = screen.app.screen
        await screen.pilot.resize_terminal(50, 12)
        await screen.until(lambda: isinstance(screen.app.screen, TooSmallScreen))
        assert "60 columns and 15 lines" in sight(screen.app)
        await screen.pilot.resize_terminal(80, 24)
        await screen.until(lambda: screen.app.screen is before)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_every_line_fits(size: tuple[int, int]) -> None:
    async with running_app("http://127.0.0.1:9", "orders", size=size) as screen:
        shown = sight(screen.app).splitlines()
        assert len(shown) == size[1]
        assert shown[0].startswith(" sse-tui")
        assert shown[-1].rstrip().endswith("help")
        assert shown[1][0] == "╭"
        assert shown[-2][0] == "╰"


# -- what nobody expected


async def test_an_unexpected_error_goes_to_a_file_and_a_dialog_and_the_app_goes_on(
    tmp_path: Path,
) -> None:
    log_file = tmp_path / "log"
    setup = AppSetup(log_file=log_file)
    async with running_app(setup=setup) as screen:
        screen.main.call_later(lambda: 1 // 0)
        await screen.until(lambda: isinstance(screen.app.screen, UnexpectedErrorScreen))
        shown = sight(screen.app)
        assert "ZeroDivisionError" in shown
        assert log_file.name in shown
        assert "Traceback" not in shown
        assert "1 // 0" in log_file.read_text()
        await screen.press("escape")
        await screen.until(lambda: screen.app.screen is screen.main)
        await screen.press("p")
        assert screen.main.log_pane.log_view.paused
        assert not screen.app._exit_renderables
        forgive(screen)


async def test_a_worker_that_fails_is_told_by_its_cause(tmp_path: Path) -> None:
    async def fail() -> None:
        raise LookupError("of the worker")

    async with running_app(setup=AppSetup(log_file=tmp_path / "log")) as screen:
        screen.main.run_worker(fail())
        await screen.until(lambda: "LookupError: of the worker" in sight(screen.app))
        forgive(screen)


async def test_errors_without_end_end_the_app_with_one_sentence(tmp_path: Path) -> None:
    async with running_app(setup=AppSetup(log_file=tmp_path / "log")) as screen:
        for _ in range(21):
            screen.main.call_later(lambda: 1 // 0)
        await screen.until(lambda: screen.app._closing or screen.app._closed)
        (said,) = screen.app._exit_renderables
        assert "ZeroDivisionError" in str(said)
        assert "Traceback" not in str(said)
        assert screen.app.return_code == 1
        forgive(screen)


def test_without_a_log_file_there_is_one_that_only_the_user_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    report = write_report(LookupError("x"), None)
    assert report is not None
    assert report.parent == tmp_path
    assert report.stat().st_mode & 0o077 == 0
    assert "LookupError: x" in report.read_text()


def test_a_log_file_that_cannot_be_written_is_no_error_of_its_own(tmp_path: Path) -> None:
    assert write_report(LookupError("x"), tmp_path / "no" / "folder") is None


async def test_a_handler_that_raises_leaves_its_widget_alive(tmp_path: Path) -> None:
    async with running_app(setup=AppSetup(log_file=tmp_path / "log")) as screen:
        pane = screen.main.log_pane
        inner = (pane.log_view, pane.tabs, pane.filter_bar, pane.detail)
        for widget in (screen.main, pane, *inner, screen.main.sidebar, screen.main.chat):
            widget.call_later(lambda: 1 // 0)
            await screen.until(lambda: isinstance(screen.app.screen, UnexpectedErrorScreen))
            await screen.press("escape")
            await screen.until(lambda: screen.app.screen is screen.main)
            assert widget.is_attached
        screen.app.call_later(lambda: 1 // 0)
        await screen.until(lambda: isinstance(screen.app.screen, UnexpectedErrorScreen))
        assert not screen.app._exit
        forgive(screen)


async def test_an_unknown_theme_is_told() -> None:
    async with running_app(setup=AppSetup(theme="pink")) as screen:
        assert screen.app.theme == "sse-dark"
        assert any("pink" in toast for toast in screen.toasts)


async def test_a_dialog_has_its_field_in_focus() -> None:
    async with running_app() as screen:
        await screen.press("a")
        assert isinstance(screen.app.focused, Input)


async def test_a_keymap_that_cannot_be_followed_is_told() -> None:
    setup = AppSetup(keymap={"log.toggel": "f9", "main.send": "a", "filter.lift": "f8"})
    async with running_app(setup=setup) as screen:
        assert len(screen.toasts) == 2
        assert any("log.toggel" in toast for toast in screen.toasts)
        assert any("a is bound to main.send and to main.subscribe" in t for t in screen.toasts)


def test_our_own_keymap_has_no_fault() -> None:
    assert complaints({}) == []
    assert complaints({"main.send": "a", "main.subscribe": "s"}) == []
