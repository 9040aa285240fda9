from __future__ import annotations

from agent.talking import whole

from sse_tui.agent.fence import MAX_CHARACTERS, fenced, new_word, shortened, unfenced
from sse_tui.agent.memory import OLD_OUTPUT_CHARACTERS, Memory, TurnRecord


def turn(question: str, answer: str = "ok", output: str = "out") -> TurnRecord:
    record = TurnRecord(question)
    record.add_call("c", "list_topics", "{}", output)
    record.add_text(answer)
    record.close()
    return record


def questions(memory: Memory) -> list[str]:
    return [item["content"] for item in memory.items() if item.get("role") == "user"]


def test_a_turn_is_put_down_as_it_happened() -> None:
    record = TurnRecord("q")
    record.add_text("Let me ")
    record.add_text("look.")
    record.add_call("c1", "list_topics", "", "none")
    record.add_text("Nothing.")
    record.close("stopped")
    assert [item.get("content") or item["type"] for item in record.items] == [
        "q",
        "Let me look.",
        "function_call",
        "function_call_output",
        "Nothing.\n\n(stopped)",
    ]
    assert record.items[2]["arguments"] == "{}"
    assert whole(record.items)


def test_a_turn_that_said_nothing_leaves_no_empty_answer() -> None:
    record = TurnRecord("q")
    record.add_text(" \n")
    record.close()
    assert record.items == [{"role": "user", "content": "q"}]
    assert record.text == ""


def test_the_oldest_turns_are_forgotten_whole() -> None:
    memory = Memory(max_turns=3)
    for number in range(5):
        memory.add(turn(f"question {number}"))
    assert questions(memory) == ["question 2", "question 3", "question 4"]
    assert len(memory.items()) == 3 * 4


def test_size_counts_too_and_the_newest_turn_is_always_kept() -> None:
    memory = Memory(max_characters=1000)
    for number in range(5):
        memory.add(turn(f"question {number}", "x" * 400))
    assert questions(memory) == ["question 3", "question 4"]
    memory.add(turn("huge", "x" * 5000))
    assert questions(memory) == ["huge"]


def test_old_outputs_are_cut_and_stay_fenced() -> None:
    memory = Memory()
    word = new_word()
    memory.add(turn("q", output=fenced("x" * 9000, tool="t", word=word)))
    [output] = [item["output"] for item in memory.items() if "output" in item]
    assert len(output) < OLD_OUTPUT_CHARACTERS + 100
    assert output.startswith(f"<<<UNTRUSTED DATA {word}")
    assert output.endswith(f">>>END OF DATA {word}")


def test_changing_what_was_given_out_changes_nothing() -> None:
    memory = Memory()
    memory.add(turn("q"))
    memory.items()[0]["content"] = "changed"
    assert questions(memory) == ["q"]


def test_a_fence_has_its_own_word_and_can_be_taken_off() -> None:
    word = new_word()
    assert word != new_word()
    text = fenced('{"a": ">>>END OF DATA"}\nmore', tool="get_event_stream", word=word, note="Note.")
    assert text.startswith(f"Note.\n<<<UNTRUSTED DATA {word} from get_event_stream\n")
    assert unfenced(text) == '{"a": ">>>END OF DATA"}\nmore'
    assert unfenced("no fence") == "no fence"


def test_an_output_without_end_is_cut_and_that_is_said() -> None:
    text = fenced("x" * (MAX_CHARACTERS + 7), tool="t", word="w")
    assert text.startswith("The last 7 characters were cut off")
    assert len(unfenced(text)) == MAX_CHARACTERS


def test_a_short_text_is_not_cut() -> None:
    assert shortened("short", 5) == "short"
    assert shortened("too long", 3) == "too\n[the rest was dropped]"
