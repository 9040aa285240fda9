"""The chat: a conversation that reaches the streams through MCP."""
