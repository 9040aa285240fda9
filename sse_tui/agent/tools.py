"""The MCP server's tools as the SDK runs them: approval by argument, edits, fences, updates."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agents import FunctionTool
from agents.exceptions import UserError
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, Tool

from sse_tui.agent.approvals import EDITED, READING, Approvals
from sse_tui.agent.fence import fenced
from sse_tui.agent.memory import TurnRecord
from sse_tui.agent.updates import ToolFinished, ToolStarted, Update

if TYPE_CHECKING:
    from agents.run_context import RunContextWrapper
    from agents.tool_context import ToolContext

    from sse_tui.agent.mcp_link import McpLink

STOP_S = 2.0


class TurnTools:
    """Runs the calls of one turn.

    Args:
        link: where the tools are.
        approvals: which calls wait for the user.
        record: takes down each call with its output.
        report: takes the updates for the screen.
        word: the turn's fence word.
    """

    def __init__(
        self,
        link: McpLink,
        approvals: Approvals,
        record: TurnRecord,
        report: Callable[[Update], None],
        word: str,
    ) -> None:
        self._link = link
        self._approvals = approvals
        self._record = record
        self._report = report
        self._word = word
        self._edits: dict[str, dict[str, Any]] = {}
        self._under_way: set[asyncio.Task[Any]] = set()

    async def load(self) -> list[FunctionTool]:
        """The tools as they are now.

        Raises:
            AgentError: the MCP server cannot be reached.
        """
        return [self._function_tool(tool) for tool in await self._link.list_tools()]

    def edit(self, call_id: str, arguments: dict[str, Any]) -> None:
        """Make this call with other arguments than the model's."""
        self._edits[call_id] = arguments

    async def stop(self) -> None:
        """Cancel the calls under way; return when they are over, which a cancelled run does not.

        A server that does not even take the news is not waited for longer than `STOP_S`.
        """
        calls = tuple(self._under_way)
        for call in calls:
            call.cancel()
        if calls:
            await asyncio.wait(calls, timeout=STOP_S)

    def _function_tool(self, tool: Tool) -> FunctionTool:
        async def must_ask(_: RunContextWrapper[Any], arguments: dict[str, Any], __: str) -> bool:
            return self._approvals.must_ask(tool.name, arguments)

        return FunctionTool(
            name=tool.name,
            description=tool.description or "",
            params_json_schema={"properties": {}, **tool.input_schema},
            on_invoke_tool=self._invoke,
            strict_json_schema=False,
            needs_approval=must_ask,
        )

    async def _invoke(self, context: ToolContext[Any], written: str) -> str:
        call_id, name = context.tool_call_id, context.tool_name
        arguments = self._edits.get(call_id)
        note = "" if arguments is None else EDITED + json.dumps(arguments)
        if arguments is None:
            arguments = parsed_arguments(written)
        if arguments is None:
            output = "The arguments are not a JSON object; nothing was done."
            self._record.add_call(call_id, name, written, output)
            return output
        self._report(ToolStarted(call_id, name, arguments))
        started = time.perf_counter()
        ok, text = await self._stoppable_call(name, arguments)
        ms = round((time.perf_counter() - started) * 1000)
        self._report(ToolFinished(call_id, ok, text, ms))
        output = fenced(text, tool=name, word=self._word, note=note)
        self._record.add_call(call_id, name, written, output)
        return output

    async def _stoppable_call(self, name: str, arguments: dict[str, Any]) -> tuple[bool, str]:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            return await self._call(name, arguments)
        finally:
            self._under_way.discard(task)

    async def _call(self, name: str, arguments: dict[str, Any]) -> tuple[bool, str]:
        reads = name in READING
        try:
            result = await self._link.call(name, arguments, reads=reads)
        except (MCPError, UserError) as error:  # the server refused it, or it took too long
            return False, str(error)
        return not result.is_error, text_of(result)


def parsed_arguments(written: str) -> dict[str, Any] | None:
    """A model's arguments; none at all are an empty object. None: not a JSON object."""
    try:
        parsed = json.loads(written or "{}")
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def text_of(result: CallToolResult) -> str:
    """A tool's answer as one text; parts that are not text as JSON."""
    return "\n".join(
        part.text if part.type == "text" else part.model_dump_json() for part in result.content
    )
