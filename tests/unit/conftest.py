"""Settings of the property tests."""

from __future__ import annotations

from hypothesis import settings

# A busy machine makes single examples slow; that says nothing about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
