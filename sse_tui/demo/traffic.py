"""Sample traffic: three well-known events, then the day of a small shop, repeatable by seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

TOPICS = ("system_events", "user_events", "data_events", "orders.*")
"""What the demo subscribes to; the last is a wildcard."""


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """An event to send.

    Attributes:
        at_s: when, in seconds after the traffic began; never falls.
        topic: a concrete topic.
        type: the event type.
        data: a JSON text, where it must arrive exactly so, or a value to be encoded.
    """

    at_s: float
    topic: str
    type: str
    data: str | dict[str, Any]


WELL_KNOWN = (
    SampleEvent(
        0.0,
        "system_events",
        "startup",
        '{"type":"startup","message":"System initialized","timestamp":"2024-01-01T00:00:00Z"}',
    ),
    SampleEvent(
        0.0,
        "user_events",
        "login",
        '{"type":"login","user_id":"user123","action":"logged_in"}',
    ),
    SampleEvent(
        0.0,
        "data_events",
        "update",
        '{"type":"update","dataset":"analytics","records":1500}',
    ),
)
"""The three events that the traffic begins with."""

_MEAN_GAP_S = 0.22
_BURST_CHANCE = 0.006
_INCIDENT_CHANCE = 0.01
_SERVICES = ("api", "checkout", "search", "payments", "mailer")
_REGIONS = ("eu", "us", "apac")
_DATASETS = ("analytics", "inventory", "recommendations", "prices")
_ITEMS = ("lamp", "desk", "chair", "kettle", "notebook", "headphones", "mug")
_PAGES = ("/", "/search", "/basket", "/account", "/help")
_COUNTRIES = ("DE", "FR", "US", "JP", "BR", "NL")


def traffic(seed: int, start: datetime) -> Iterator[SampleEvent]:
    """The sample events, without end.

    Args:
        seed: the same seed gives the same events.
        start: the time that `at_s` 0 has in the events' own `timestamp` fields (aware).
    """
    yield from WELL_KNOWN
    shop = _Shop(random.Random(seed), start)
    while True:
        yield from shop.next_events()


class _Shop:
    """A shop whose services now and then have a bad minute: then latencies rise and errors come."""

    def __init__(self, chance: random.Random, start: datetime) -> None:
        self._chance = chance
        self._start = start
        self._now_s = 0.5
        self._order = 4100
        self._unpaid: list[tuple[int, str, float]] = []
        # The first minute already shows what an incident looks like.
        self._ailing: str | None = chance.choice(_SERVICES)
        self._ailing_until_s = 15.0
        self._makers: list[tuple[int, Callable[[], SampleEvent]]] = [
            (9, self._request),
            (3, self._health),
            (1, self._deploy),
            (6, self._page_view),
            (4, self._login),
            (2, self._sign_up),
            (3, self._data_update),
            (2, self._query),
            (5, self._order_created),
            (4, self._order_paid),
        ]

    def next_events(self) -> Iterator[SampleEvent]:
        """One event after a pause of random length, or a burst of them."""
        self._begin_or_end_incident()
        burst = self._chance.random() < _BURST_CHANCE
        for _ in range(self._chance.randint(40, 90) if burst else 1):
            self._now_s += self._chance.expovariate(1 / (0.02 if burst else self._mean_gap_s()))
            weights = [weight for weight, _ in self._makers]
            ((_, make),) = self._chance.choices(self._makers, weights)
            yield make()

    def _mean_gap_s(self) -> float:
        """Shorter at first, so that the screen is soon full."""
        return _MEAN_GAP_S * min(1.0, 0.15 + self._now_s / 15)

    def _begin_or_end_incident(self) -> None:
        if self._ailing and self._now_s > self._ailing_until_s:
            self._ailing = None
        elif not self._ailing and self._chance.random() < _INCIDENT_CHANCE:
            self._ailing = self._chance.choice(_SERVICES)
            self._ailing_until_s = self._now_s + self._chance.uniform(8, 20)

    def _event(self, topic: str, event_type: str, **data: object) -> SampleEvent:
        time = self._start + timedelta(seconds=self._now_s)
        stamp = time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return SampleEvent(self._now_s, topic, event_type, {**data, "timestamp": stamp})

    def _latency_ms(self, service: str) -> int:
        usual = self._chance.lognormvariate(3.6, 0.5)
        return round(usual * self._chance.uniform(8, 25) if service == self._ailing else usual)

    def _request(self) -> SampleEvent:
        service = self._chance.choice(_SERVICES)
        latency = self._latency_ms(service)
        facts = {"service": service, "latency": latency, "region": self._chance.choice(_REGIONS)}
        if service == self._ailing and latency > 450:
            message = f"{service}: upstream timed out after {latency} ms"
            return self._event(
                "system_events", "error", level="error", message=message, status=504, **facts
            )
        if latency > 200:
            message = f"{service} answers slowly"
            return self._event(
                "system_events", "warning", level="warn", message=message, status=200, **facts
            )
        return self._event("system_events", "request", **facts, status=200, level="info")

    def _health(self) -> SampleEvent:
        service = self._chance.choice(_SERVICES)
        return self._event(
            "system_events",
            "health",
            service=service,
            status="degraded" if service == self._ailing else "ok",
            cpu=round(self._chance.betavariate(2, 5), 2),
            memory_mb=self._chance.randint(180, 900),
            level="info",
        )

    def _deploy(self) -> SampleEvent:
        version = f"2.{self._chance.randint(3, 9)}.{self._chance.randint(0, 20)}"
        service = self._chance.choice(_SERVICES)
        return self._event(
            "system_events", "deploy", service=service, version=version, level="info"
        )

    def _page_view(self) -> SampleEvent:
        page, spent = self._chance.choice(_PAGES), self._chance.randint(200, 90_000)
        return self._event("user_events", "page_view", user_id=self._user(), page=page, ms=spent)

    def _login(self) -> SampleEvent:
        user, country = self._user(), self._chance.choice(_COUNTRIES)
        if self._chance.random() < 0.18:
            tries = self._chance.randint(1, 4)
            return self._event(
                "user_events",
                "login_failed",
                user_id=user,
                action="failed",
                reason="wrong password",
                tries=tries,
                country=country,
                level="warn",
            )
        return self._event(
            "user_events", "login", user_id=user, action="logged_in", country=country
        )

    def _sign_up(self) -> SampleEvent:
        plan = self._chance.choice(("free", "free", "pro", "team"))
        return self._event("user_events", "signup", user_id=self._user(), plan=plan)

    def _data_update(self) -> SampleEvent:
        dataset, records = self._chance.choice(_DATASETS), self._chance.randint(10, 5000)
        return self._event("data_events", "update", dataset=dataset, records=records)

    def _query(self) -> SampleEvent:
        latency, rows = self._latency_ms("search"), self._chance.randint(0, 20_000)
        return self._event(
            "data_events",
            "query",
            dataset=self._chance.choice(_DATASETS),
            rows=rows,
            latency=latency,
            cached=self._chance.random() < 0.4,
        )

    def _order_created(self) -> SampleEvent:
        self._order += 1
        region = self._chance.choice(_REGIONS)
        items = [
            {"name": name, "quantity": self._chance.randint(1, 3)}
            for name in self._chance.sample(_ITEMS, self._chance.randint(1, 3))
        ]
        total = round(self._chance.uniform(9, 400), 2)
        self._unpaid.append((self._order, region, total))
        return self._event(
            f"orders.{region}",
            "created",
            order_id=self._order,
            user_id=self._user(),
            items=items,
            total=total,
        )

    def _order_paid(self) -> SampleEvent:
        if not self._unpaid:
            return self._order_created()
        order, region, total = self._unpaid.pop(0)
        refused = self._ailing == "payments" or self._chance.random() < 0.06
        return self._event(
            f"orders.{region}",
            "payment_refused" if refused else "paid",
            order_id=order,
            total=total,
            method=self._chance.choice(("card", "transfer", "wallet")),
            level="warn" if refused else "info",
        )

    def _user(self) -> str:
        return f"user{self._chance.randint(100, 160)}"
