from __future__ import annotations

import pytest

from sse_tui.agent.offline.help import COMMANDS
from sse_tui.agent.offline.understanding import spoken_of, understand
from sse_tui.agent.offline.wishes import (
    ConnectModel,
    Describe,
    Failures,
    Help,
    Lesson,
    ListTopics,
    Read,
    Search,
    Send,
    Stats,
    Subscribe,
    Unclear,
    Unsubscribe,
    WaitFor,
    Wish,
)

ORDERS = ("orders",)
USERS = ("user_events",)

ONE_WISH: list[tuple[str, Wish]] = [
    # Who are you
    ("hello", Help(greeting=True)),
    ("Hi there!", Help(greeting=True)),
    ("help", Help()),
    ("?", Help()),
    ("What can you do?", Help()),
    ("who are you", Help()),
    ("how do I send an event?", Help()),
    ("are you an AI?", ConnectModel()),
    ("which model do you use?", ConnectModel()),
    ("how do I connect a language model?", ConnectModel()),
    ("can I use ollama?", ConnectModel()),
    ("set up my OpenAI API key", ConnectModel()),
    # Topics
    ("list topics", ListTopics()),
    ("List all topics, please.", ListTopics()),
    ("can you please list the topics?", ListTopics()),
    ("show me the topics", ListTopics()),
    ("topics", ListTopics()),
    ("what topics are there?", ListTopics()),
    ("which streams are available?", ListTopics()),
    ("what am I subscribed to?", ListTopics()),
    ("what can I subscribe to?", ListTopics()),
    ("how many topics are there?", ListTopics()),
    # Subscriptions
    ("subscribe to orders", Subscribe(ORDERS)),
    ("Please subscribe me to orders.", Subscribe(ORDERS)),
    ("could you subscribe to the user events stream?", Subscribe(USERS)),
    ("I'd like to watch `orders`", Subscribe(ORDERS)),
    ("follow orders.*", Subscribe(("orders.*",))),
    ("watch orders.eu, refunds and payments.>", Subscribe(("orders.eu", "refunds", "payments.>"))),
    ("listen to http://localhost:9000/events?x=1", Subscribe(("http://localhost:9000/events?x=1",))),
    ("subscribe to orders from the beginning", Subscribe(ORDERS, "earliest")),
    ("subscribe to orders since 90s", Subscribe(ORDERS, "90s")),
    ("subscribe to orders with the last 2 hours", Subscribe(ORDERS, "2h")),
    ("subscribe to everything", Subscribe(())),
    ("subscribe to orders and errors", Subscribe(("orders", "errors"))),
    ("unsubscribe from orders", Unsubscribe(ORDERS)),
    ("stop watching the user events topic", Unsubscribe(USERS)),
    ("close the subscription to orders", Unsubscribe(ORDERS)),
    ("drop orders and payments please", Unsubscribe(("orders", "payments"))),
    ("unsubscribe from all topics", Unsubscribe(())),
    # Sending
    ('send {"a": "x and y"} to orders', Send("orders", {"a": "x and y"})),
    ('send [1,{"b":"to x"}] to orders as paid', Send("orders", [1, {"b": "to x"}], "paid")),
    ('publish {"a":1} on orders with type created', Send("orders", {"a": 1}, "created")),
    ('send {"a":1} as login to user events', Send("user_events", {"a": 1}, "login")),
    ('send a login event to user_events with {"u":1}', Send("user_events", {"u": 1}, "login")),
    ('emit order_paid event on orders: {"id":1}', Send("orders", {"id": 1}, "order_paid")),
    ('send to orders: [1, 2]', Send("orders", [1, 2])),
    ('send "hello to all" to chat', Send("chat", "hello to all")),
    ("please send hello world to chat", Send("chat", "hello world")),
    ("send a message to chat saying hello", Send("chat", "hello")),
    ("emit a ping event to system_events", Send("system_events", {}, "ping")),
    ('send {"a":1}', Send("", {"a": 1})),
    # What happened
    ("what happened?", Read()),
    ("What's going on?", Read()),
    ("catch me up", Read()),
    ("what happened in user_events?", Read(USERS)),
    ("What is happening on user events right now?", Read(USERS)),
    ("in orders, what happened?", Read(ORDERS)),
    ("anything new on orders?", Read(ORDERS)),
    ("give me a summary of orders and payments", Read(("orders", "payments"))),
    ("summarise orders", Read(ORDERS)),
    ("show me everything in orders", Read(ORDERS)),
    ("user_events", Read(USERS)),
    ("what happened in orders in the last 5 minutes?", Read(ORDERS, None, 300.0)),
    ("what happened in the last hour in orders", Read(ORDERS, None, 3600.0)),
    ("what has happened since 10 minutes ago", Read((), None, 600.0)),
    ("last 5 events in orders", Read(ORDERS, 5)),
    ("show me the last three events of orders", Read(ORDERS, 3)),
    ("what was the last event?", Read((), 1)),
    ("latest 10 from orders", Read(ORDERS, 10)),
    ("last 5", Read((), 5)),
    ("on orders: last 5", Read(ORDERS, 5)),
    ("show events in orders", Read(ORDERS, 10)),
    ("last 5000 events in orders", Read(ORDERS, 200)),
    ("wait for the next event on orders", WaitFor(ORDERS)),
    ("next event in orders", WaitFor(ORDERS)),
    ("wait for an event", WaitFor(())),
    # Finding
    ("search timeout", Search("timeout")),
    ("search for timeout in orders", Search("timeout", ORDERS)),
    ("search user_events for user123", Search("user123", USERS)),
    ("find login events in user events", Search("login", USERS)),
    ("find events containing \"card declined\"", Search('"card declined"')),
    ("find events where data.n > 10 in orders", Search("data.n > 10", ORDERS)),
    ("find /user1\\d+/ in user_events", Search("/user1\\d+/", USERS)),
    ("search (unbalanced", Search('"(unbalanced"')),
    ("which events mention user123?", Search("user123")),
    ("what did user123 do?", Search("user123")),
    ("how many logins in user_events?", Search("login", USERS, counting=True)),
    ("count login events in user_events", Search("login", USERS, counting=True)),
    ("how many events with level:error in orders?", Search("level:error", ORDERS, counting=True)),
    ("what failed just now?", Failures()),
    ("any errors?", Failures()),
    ("what went wrong in orders today?", Failures(ORDERS)),
    ("did anything fail in orders?", Failures(ORDERS)),
    # Figures and forms
    ("stats", Stats()),
    ("show statistics for orders and payments", Stats(("orders", "payments"))),
    ("how busy is orders?", Stats(ORDERS)),
    ("is orders connected?", Stats(ORDERS)),
    ("how many events in orders?", Stats(ORDERS)),
    ("orders stats", Stats(ORDERS)),
    ("describe orders", Describe(ORDERS)),
    ("explain the stream user_events", Describe(USERS)),
    ("tell me about orders", Describe(ORDERS)),
    ("which event types are in orders?", Describe(ORDERS)),
    ("what does orders look like?", Describe(ORDERS)),
    # Explanations
    ("explain SSE", Lesson("sse")),
    ("explain SSE to me, please", Lesson("sse")),
    ("what are server-sent events?", Lesson("sse")),
    ("how does reconnection work?", Lesson("reconnection")),
    ("what is a last event ID?", Lesson("last-event-id")),
    ("what does retry mean?", Lesson("reconnection")),
    ("what is a keep-alive?", Lesson("comment")),
    ("why is there a gap?", Lesson("gap")),
    ("SSE vs WebSocket", Lesson("websocket")),
    ("good event practice", Lesson("practice")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "wish"), ONE_WISH)
def test_one_request_is_understood(words: str, wish: Wish) -> None:
    assert understand(words) == [wish]
    assert understand(f"  {words.upper() if words.isalpha() else words}\n") == [wish]


@pytest.mark.parametrize(
    ("words", "wishes"),
    [
        (
            "subscribe to orders and tell me what happened",
            [Subscribe(ORDERS, "1h"), Read(ORDERS)],
        ),
        (
            "Subscribe to orders and payments, then show the last 3 events there.",
            [Subscribe(("orders", "payments"), "1h"), Read(("orders", "payments"), 3)],
        ),
        (
            "subscribe to orders since 5m and describe it",
            [Subscribe(ORDERS, "5m"), Describe(ORDERS)],
        ),
        (
            'send {"a": "x and then list topics"} to orders and list topics',
            [Send("orders", {"a": "x and then list topics"}), ListTopics()],
        ),
        ("list topics; explain sse", [ListTopics(), Lesson("sse")]),
        ("search login and failed", [Search("login and failed")]),
        ("list topics and bake a cake", [Unclear("list topics and bake a cake")]),
    ],
)
def test_joined_requests_are_taken_apart(words: str, wishes: list[Wish]) -> None:
    assert understand(words) == wishes


@pytest.mark.parametrize("words", ["write me a poem", "", "bla bla", "what is the meaning of life"])
def test_the_rest_is_unclear_and_not_guessed(words: str) -> None:
    [wish] = understand(words)
    assert isinstance(wish, Unclear)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ('send {"a":1 to orders', "line 1, column 8"),
        ("send {a:1} to orders", "line 1, column 2"),
        ("send an event to orders", 'send {"message":"hello"} to orders'),
    ],
)
def test_what_cannot_be_sent_is_said_precisely(words: str, why: str) -> None:
    [wish] = understand(words)
    assert isinstance(wish, Unclear)
    assert why in wish.why


def test_there_means_the_topics_spoken_of_before() -> None:
    before = spoken_of(["what happened in orders?", "hello", "explain sse"])
    assert understand("show the last 3 events there", before) == [Read(ORDERS, 3)]
    assert understand("unsubscribe from it", before) == [Unsubscribe(ORDERS)]


def test_everything_that_the_help_names_is_understood() -> None:
    examples = COMMANDS.replace("…", "1").split("*")[1::2]
    assert len(examples) > 15
    for example in examples:
        assert not any(isinstance(wish, Unclear | Help) for wish in understand(example)), example
