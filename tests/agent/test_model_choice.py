from __future__ import annotations

import pytest

from sse_tui.agent.model_choice import ModelChoice

KEY = "sk-very-secret-key"


def test_openai_itself_gets_the_responses_api() -> None:
    assert ModelChoice(api_key=KEY).speaks_responses
    assert ModelChoice(api_key=KEY, base_url="https://api.openai.com/v1").speaks_responses
    assert not ModelChoice(api_key=KEY, base_url="https://openrouter.ai/api/v1").speaks_responses
    assert ModelChoice().is_offline
    assert KEY not in repr(ModelChoice(api_key=KEY))


@pytest.mark.parametrize(
    ("choice", "label"),
    [
        (ModelChoice.offline(), "offline assistant"),
        (ModelChoice(name="some-model"), "offline assistant"),
        (ModelChoice(api_key=""), "offline assistant"),
        (ModelChoice(api_key=KEY), "gpt-4o"),
        (ModelChoice(name="llama3.2", base_url="http://localhost:11434/v1"), "llama3.2"),
    ],
)
def test_the_label_says_who_answers(choice: ModelChoice, label: str) -> None:
    assert choice.label == label
