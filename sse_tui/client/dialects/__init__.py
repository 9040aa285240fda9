"""How a topic becomes a request: one small class for each kind of server."""
