"""The phrasings that are understood: patterns, each with what it makes of its parts.

A pattern must match the whole request (without courtesies). The first rule that makes something
wins, so the particular ones stand before the general ones.
"""

from __future__ import annotations

import re

from sse_tui.agent.offline import meanings
from sse_tui.agent.offline.meanings import ON, Make, about
from sse_tui.agent.offline.phrases import NUMBER
from sse_tui.agent.offline.wishes import (
    ConnectModel,
    Help,
    ListTopics,
    Stats,
    Unsubscribe,
    WaitFor,
)

_IN = rf"(?:\s+(?:{ON}\s+(?P<topics>.+)|(?P<topics_here>there|here)))?"


def _rule(pattern: str, make: Make) -> tuple[re.Pattern[str], Make]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE | re.DOTALL), make


_EVENTS = r"(?:events?|messages?|rows?|entries|payloads?)"
_STREAMS = r"(?:topics?|streams?|channels?|feeds?|event\s+streams?)"

RULES: tuple[tuple[re.Pattern[str], Make], ...] = (
    # Who are you, what can you do
    _rule(r"(?:hello|hi|hey|good\s+(?:morning|evening|day))(?:\s+there)?", lambda _: Help(True)),
    _rule(
        r"help|\?+|commands?|examples?|usage|how\s+do(?:es)?\s+(?:this|it|you)\s+work"
        r"|what\s+(?:can|do)\s+(?:you|i)\s+(?:do|ask|say|understand|know)(?:\s+(?:you|here))?"
        r"|(?:what|how)\s+can\s+i\s+(?:do|ask|say)(?:\s+here)?"
        r"|how\s+(?:can|do)\s+(?:i|you)\s+(?:un)?(?:subscribe|send|search|filter|ask|stop)\b.*"
        r"|what\s+are\s+(?:you|your\s+commands)|who\s+are\s+you|thanks?(?:\s+you)?",
        lambda _: Help(),
    ),
    _rule(
        r".*\b(?:connect|use|set\s+up|configure|add|choose|switch\s+to|want|get|enable|plug\s+in)\b"
        r".*\b(?:language\s+model|llms?|models?|gpt\S*|openai|ollama|vllm|claude|api\s+key|ai)\b.*",
        lambda _: ConnectModel(),
    ),
    _rule(
        r"(?:are|is)\s+(?:you|this)\s+(?:really\s+)?(?:an?\s+)?"
        r"(?:real\s+)?(?:ai|llm|language\s+model|gpt\S*|bot|robot|human|person|offline|model).*"
        r"|(?:what|which)\s+(?:language\s+)?(?:model|llm|ai)\s+(?:are\s+you|is\s+this|do\s+you\s+use).*",
        lambda _: ConnectModel(),
    ),
    # Topics
    _rule(
        rf"(?:list|show|see|get|display|print)?\s*(?:all|every)?\s*(?:of\s+)?(?:the|my|available)?\s*"
        rf"(?:available\s+|existing\s+|open\s+|subscribed\s+)?(?:{_STREAMS}|subscriptions?)"
        r"(?:\s+(?:list|there|available|you\s+know|that\s+exist))*",
        lambda _: ListTopics(),
    ),
    _rule(
        rf"(?:what|which)\s+(?:other\s+|kinds?\s+of\s+)?(?:{_STREAMS}|subscriptions?)\b.*"
        r"|what(?:'s|\s+is)\s+(?:available|there|on\s+(?:the|this)\s+server|subscribed)"
        r"|what\s+(?:can|could)\s+i\s+(?:subscribe\s+to|watch|follow|listen\s+to|read)"
        r"|(?:what|which)\s+(?:am\s+i|are\s+we|are\s+you)\s+(?:subscribed\s+to|watching|following)"
        rf"|(?:are|is)\s+there\s+(?:any\s+|other\s+)?{_STREAMS}.*"
        rf"|how\s+many\s+(?:{_STREAMS}|subscriptions)\b.*",
        lambda _: ListTopics(),
    ),
    # Waiting for what comes
    _rule(
        rf"(?:wait|watch|look\s+out)\s+(?:for|until)\s+(?:the\s+|an?\s+|another\s+|some\s+)?"
        rf"(?:next\s+|new\s+)*(?:{_EVENTS}|something)?(?:\s+(?:arrives?|comes?(?:\s+in)?))?"
        rf"(?:\s*\b{ON}\s+(?P<topics>.+))?",
        about(WaitFor),
    ),
    _rule(
        rf"(?:what(?:'s|\s+is)\s+)?(?:the\s+)?next\s+{_EVENTS}(?:\s+{ON}\s+(?P<topics>.+))?",
        about(WaitFor),
    ),
    # Subscriptions
    _rule(
        r"(?:unsubscribe|unfollow|unwatch|disconnect|detach)(?:\s+(?:me\s+)?from)?\s+(?P<topics>.+)"
        r"|(?:stop|quit|end|cease)\s+(?:watching|following|listening\s+(?:to|on)|tailing|monitoring"
        r"|receiving|reading)\s+(?P<topics2>.+)",
        about(Unsubscribe),
    ),
    _rule(
        r"(?:leave|drop|close|cancel|remove|stop|end|kill)\s+(?:my\s+|the\s+)?"
        r"(?:subscriptions?\s+(?:to|of|for|on)\s+)?(?P<topics>.+?)(?:\s+subscriptions?)?",
        about(Unsubscribe),
    ),
    _rule(
        r"(?:(?:re-?)?subscribe|sub|follow|watch|tail|monitor|join|open|connect|listen|tune\s+in"
        r"|start\s+(?:watching|following|listening|tailing|monitoring)|add|observe|attach|track)"
        r"(?:\s+(?:me\s+)?(?:to|on|in))?(?:\s+(?:a\s+|the\s+)?subscriptions?\s+(?:to|for|on))?"
        r"\s+(?P<topics>.+)",
        meanings.subscribe,
    ),
    # What failed
    _rule(
        r"(?:what|which|who|where)\s+(?:\w+\s+)?(?:(?:has\s+|have\s+)?(?:just\s+)?(?:failed|fails?|broke"
        r"|crashed)|(?:is|are|was|were)\s+(?:failing|broken|down)|went\s+wrong|goes\s+wrong"
        r"|is\s+(?:going\s+)?wrong)\b(?P<rest>.*)",
        meanings.failures,
    ),
    _rule(
        r"(?:(?:are|were|is|was)\s+there\s+)?(?:any|all|the|recent|latest|show|list|find|search\s+for|look\s+"
        r"for|see|check\s+for)?\s*(?:any\s+|all\s+|the\s+|recent\s+|latest\s+|new\s+)*"
        r"(?:errors?|failures?|problems?|exceptions?|failed\s+events?|failing\s+events?|issues?"
        r"|warnings?|trouble)\b(?P<rest>.*)",
        meanings.failures,
    ),
    _rule(
        r"did\s+(?:anything|something)\s+(?:fail|break|crash|go\s+wrong)\b(?P<rest>.*)",
        meanings.failures,
    ),
    # Newest events
    _rule(
        rf"(?:show|see|list|print|read|fetch|display|(?:what|when)\s+(?:are|were|is|was))?\s*(?:the\s+|my\s+|its\s+|their\s+)*"
        rf"(?:(?:very\s+)?(?:last|latest|newest|recent|most\s+recent|past|first|top)\s+)"
        rf"(?:(?P<n>{NUMBER})\s*)?(?P<noun>{_EVENTS}|ones?|(?<=\d))(?:\s+(?:that\s+)?(?:arrived|came(?:\s+in)?|received))?"
        rf"{_IN}",
        meanings.newest,
    ),
    _rule(
        rf"(?:show|see|list|print|read|fetch|display)?\s*(?:the\s+)?(?:last|latest|newest)\s+"
        rf"(?P<n>{NUMBER})(?P<noun>\s+)(?:{ON}\s+)?(?P<topics>.+)",
        meanings.newest,
    ),
    _rule(
        rf"(?:show|see|list|print|read|fetch|display|dump)?\s*(?:all\s+|the\s+|some\s+)*"
        rf"(?P<n>{NUMBER}\s+)?(?P<noun>{_EVENTS}){_IN}",
        meanings.some,
    ),
    _rule(
        rf"(?:show|see|list|read)?\s*(?P<topics>\S+)\s+(?P<noun>{_EVENTS})(?P<n>)", meanings.some
    ),
    # Finding
    _rule(
        rf"(?:how\s+many|count(?:\s+(?:all|the))?)\s+{_EVENTS}\s+(?:are\s+there\s+)?(?:with|where"
        r"|containing|contain|that\s+(?:contain|mention|have|say)|match(?:ing)?|mention(?:ing)?"
        r"|of\s+type)\s+(?P<query>.+?)(?:\s+(?:in|on)\s+(?P<topics>\S+))?",
        meanings.count,
    ),
    _rule(
        rf"(?:how\s+many|count(?:\s+(?:all|the))?|number\s+of)\s+(?P<query>.*?)\s*(?:{_EVENTS})?"
        rf"(?:\s+(?:are|were|is|was|have|has|did)\s+(?:there|been|come|arrived?|received|kept|seen)"
        rf"(?:\s+(?:received|kept|in|seen))?)?(?:\s+{ON}\s+(?P<topics>.+))?",
        meanings.count,
    ),
    _rule(
        r"(?:search|grep|filter|look\s+(?:in|into|through))\s+(?:in\s+|the\s+)*(?!for\b)"
        r"(?P<topics>\S+)\s+for\s+(?P<query>.+)",
        meanings.search,
    ),
    _rule(
        rf"what\s+(?:did|has|does|is)\s+(?P<query>\S+)\s+(?:do|done|doing|up\s+to)"
        rf"(?:\s+{ON}\s+(?P<topics>.+))?",
        meanings.search,
    ),
    _rule(
        r"(?:search(?:\s+(?:for|events?\s+for))?|find(?:\s+(?:all|me|every))?|look\s+for|grep(?:\s+for)?"
        r"|filter(?:\s+(?:by|for|on))?|query|locate|hunt\s+for)\s+"
        rf"(?:(?:all\s+|the\s+|any\s+)?{_EVENTS}\s+(?:with|containing|that\s+(?:contain|mention|have|say)"
        r"|matching|about|mentioning|where|like|of\s+type)\s+)?"
        r"(?P<query>.+?)(?:\s+(?:events?\s+)?(?:in|on|across|within|from)\s+(?P<topics>[^\"]+))?",
        meanings.search,
    ),
    _rule(
        rf"(?:what|which|show|any|list|all|see)?\s*(?:all\s+|the\s+|any\s+)?{_EVENTS}\s+"
        rf"(?:with|containing|contain|that\s+(?:contain|mention|have|say)|matching|match|about"
        rf"|mentioning|mention|like|of\s+type)\s+(?P<query>.+?)(?:\s+(?:in|on|from)\s+(?P<topics>\S+))?",
        meanings.search,
    ),
    # Figures
    _rule(
        rf"(?:show|see|get|check|what\s+(?:are|is)|what's)?\s*(?:the\s+|some\s+)?"
        rf"(?:event\s+|topic\s+|stream\s+)?(?:stats?|statistics|figures|numbers|metrics|rates?|throughput"
        rf"|traffic|state|status|health|activity|counts?)(?:\s+{ON}\s+(?P<topics>.+))?",
        about(Stats),
    ),
    _rule(
        r"(?P<topics>\S+)\s+(?:stats?|statistics|rate|status|state|throughput|metrics)"
        r"|how\s+(?:busy|fast|active|big|large|alive|healthy)\s+(?:is|are)\s+(?P<topics2>.+)"
        r"|how\s+(?:is|are)\s+(?P<topics3>.+?)\s+(?:doing|going|running)"
        r"|(?:is|are)\s+(?P<topics4>.+?)\s+(?:alive|open|connected|up|down|working|running|ok|okay|live)",
        about(Stats),
    ),
    # What happened
    _rule(
        r"(?:(?:is|was|has|are)\s+(?:there\s+)?)?(?:what|anything|something)(?:'s|\s+is|\s+was|\s+has|\s+did|\s+have)?\s*(?:just\s+|been\s+)?"
        r"(?:happened|happening|happens?|going\s+on|new|up|interesting|going|changed|occurred|arrived"
        r"|came\s+in|come\s+in|the\s+news)\b(?P<rest>.*)",
        meanings.read,
    ),
    _rule(
        r"(?:give\s+|an?\s+|the\s+|short\s+|brief\s+|quick\s+)*(?:summar(?:y|ise|ize)|overview|recap|news|"
        r"digest|report|catch\s+me\s+up|update\s+me|brief\s+me|status\s+update|sum\s+up)\b(?P<rest>.*)",
        meanings.read,
    ),
    _rule(
        r"(?:show|read|see|list)?\s*(?:all|everything)\s+(?P<rest>(?:in|on|from|of)\s+\S.*)",
        meanings.read,
    ),
    _rule(
        r"(?:read|look\s+at|check|inspect|peek\s+at|see|show|view)\s+(?P<rest>\S.*)", meanings.read
    ),
    # Explanations
    _rule(
        r"(?:how\s+(?:do(?:es)?|is|are)|why\s+(?:do(?:es)?|is|are)|when\s+(?:do(?:es)?|is))\s+"
        r"(?:there\s+)?(?:an?\s+|the\s+|you\s+)?(?P<what>.+?)\s*(?:works?|used|happens?|mean|needed|sent|different)?",
        meanings.lesson,
    ),
    _rule(
        r"(?:what|which)\s+(?:(?:fields?|event\s+types?|types?|kinds?\s+of\s+events?|data|payloads?|sort\s+of"
        r"\s+events?|events?)\s+(?:are|is|does|do|come|has)\s*(?:there)?\s*(?:in|on|from)?\s+"
        r"(?P<topics>.+?)|does\s+(?P<topics2>.+?))"
        r"(?:\s+(?:have|carry|send|contain|look\s+like|mean|hold))?",
        meanings.lesson_or_stream,
    ),
    _rule(
        r"(?:explain|describe|define|teach\s+me|what\s+can\s+you\s+(?:tell|say)(?:\s+me)?\s+about|what(?:'s|\s+is|\s+are|\s+does)|whats|more\s+about|about"
        r"|what\s+do\s+you\s+know\s+about|meaning\s+of)\s+(?:(?:in|inside)\s+)?(?:how\s+)?"
        r"(?:an?\s+|the\s+)?(?P<what>.+?)(?:\s+(?:works?|means?|mean|for|do|does))?",
        meanings.lesson_or_stream,
    ),
    _rule(r"(?P<what>.+)", meanings.lesson),
    _rule(r"(?P<rest>\S+[_.*]\S+|\S+://\S+)", meanings.read),  # a topic's name alone
)
