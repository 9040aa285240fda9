from __future__ import annotations

import pytest
from mcp.server.mcpserver.exceptions import ToolError

from sse_tui.errors import QueryError
from sse_tui.events.log import EventLog
from sse_tui.events.model import UNNUMBERED, Comment, EventFrame
from sse_tui.mcp_server.pages import Bounds
from sse_tui.mcp_server.search import search_logs

ALL = Bounds(200, 1000)


def event(data: str) -> EventFrame:
    return "message", data, "", False, None


def two_logs() -> list[EventLog]:
    """Rows that arrived by turns, some at the same moment."""
    a, b = EventLog("a"), EventLog("b")
    a.extend([event("error 1")], 10)
    b.extend([event("error 2"), event("fine"), Comment(*UNNUMBERED, "error, a comment")], 20)
    a.extend([event("error 3")], 20)
    b.extend([event("error 4")], 30)
    return [a, b]


async def test_matches_of_all_topics_come_in_the_order_of_arrival() -> None:
    found = await search_logs(two_logs(), "error", before=None, bounds=ALL)
    assert [each.data for each in found.events] == ["error 1", "error 3", "error 2", "error 4"]
    assert (found.matches, found.searched) == (4, 6)


async def test_paging_goes_back_through_every_match_once() -> None:
    pages = []
    before = None
    while True:
        found = await search_logs(two_logs(), "error", before=before, bounds=Bounds(1, 1000))
        if not found.events:
            break
        before = found.events[0].name
        pages.append((found.events[0].data, found.matches))
    assert pages == [("error 4", 4), ("error 2", 3), ("error 3", 2), ("error 1", 1)]


async def test_the_empty_query_matches_every_event_and_no_note() -> None:
    found = await search_logs(two_logs(), "", before=None, bounds=ALL)
    assert (found.matches, len(found.events)) == (5, 5)


async def test_a_search_over_many_rows_finds_all() -> None:
    log = EventLog("many")
    for _ in range(25):
        log.extend([event(f"n{n}") for n in range(100)], 1)
    found = await search_logs([log], "n99", before=None, bounds=Bounds(3, 1000))
    assert (found.matches, found.searched) == (25, 2500)
    assert [each.name for each in found.events] == ["many#2300", "many#2400", "many#2500"]
    assert (await search_logs([log], "", before=None, bounds=ALL)).matches == 2500


async def test_a_wrong_query_and_a_wrong_row_are_refused() -> None:
    with pytest.raises(QueryError):
        await search_logs(two_logs(), "/x", before=None, bounds=ALL)
    for name in ("a#99", "c#1", "a", "a#x"):
        with pytest.raises(ToolError, match="is no row of the topics searched"):
            await search_logs(two_logs(), "", before=name, bounds=ALL)
