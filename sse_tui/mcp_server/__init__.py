"""The client service as MCP tools, resources and prompts."""
