"""The screens: they own the workers between services and widgets."""
