"""The line of tabs."""

from __future__ import annotations

from tui.log_app import LogApp

from sse_tui.tui.messages import TopicActivated
from sse_tui.tui.widgets.log_tabs import LogTab, LogTabs

TABS = [LogTab("orders"), LogTab("users", 12), LogTab("cpu", 48_123, paused=True), LogTab(None)]


def text(app: LogApp) -> str:
    return app.query_one(LogTabs).render().plain


async def test_each_topic_has_a_tab_with_what_is_unread() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)):
        app.query_one(LogTabs).show(TABS, "orders")
        assert text(app) == " orders   users 12   cpu paused 48k   All "


async def test_the_open_tab_has_no_count() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)):
        app.query_one(LogTabs).show(TABS, "users")
        assert " users " in text(app)
        assert "12" not in text(app)


async def test_a_click_opens_a_tab() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        tabs = app.query_one(LogTabs)
        tabs.show(TABS, "orders")
        for topic, column in (("orders", 1), ("users", 10), ("cpu", 22), (None, 39)):
            await pilot.click(tabs, offset=(column, 0))
            assert app.heard_of(TopicActivated)[-1] == TopicActivated(topic)
        heard = len(app.heard)
        await pilot.click(tabs, offset=(70, 0))
        assert len(app.heard) == heard


async def test_the_open_tab_is_in_sight_however_many_there_are() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 8)) as pilot:
        tabs = app.query_one(LogTabs)
        many = [LogTab(f"topic_{number}") for number in range(20)]
        tabs.show(many, "topic_0")
        assert text(app).endswith("›")  # noqa: RUF001 - the arrow of the screen
        tabs.show(many, "topic_19")
        assert text(app).startswith("‹")  # noqa: RUF001 - the arrow of the screen
        assert text(app).endswith(" topic_19 ")
        assert len(text(app)) <= tabs.size.width
        await pilot.click(tabs, offset=(0, 0))
        assert isinstance(app.heard[-1], TopicActivated)


async def test_neighbours_go_round() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)):
        tabs = app.query_one(LogTabs)
        assert tabs.neighbour(1) is None
        tabs.show(TABS, "cpu")
        assert [tabs.neighbour(step) for step in (1, -1, 2)] == [None, "users", "orders"]


async def test_names_are_no_markup_and_no_control_characters() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)):
        app.query_one(LogTabs).show([LogTab("[red]\x1b]0;x"), LogTab("u" * 60)], None)
        assert text(app).startswith(" [red]\\x1b]0;x ")
        assert "u" * 27 + "…" in text(app)
