"""Sample traffic."""
