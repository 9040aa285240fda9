"""The widgets: they know events, never a service."""
