"""The offline assistant: rules in place of a language model, on the same path."""
