"""What access events say. Copy it with access.py."""

import math
import time
from collections import OrderedDict
from datetime import datetime
from typing import Any, Callable, Optional

# Longer than the lifetime of an access token: what ended earlier concerns no living token.
MEMORY_SECONDS = 3600
# More facts than this are replaced by one: every token that was issued before is refused.
MOST_FACTS = 100_000
# Ids of so many events are kept: after an interruption the events of the last seconds come again.
KNOWN_EVENTS = 10_000


def to_seconds(text: Optional[str], otherwise: float) -> float:
    if text is None or text.endswith("infinity"):
        return otherwise
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Ended:
    """What the events say, for as long as a token can live."""

    def __init__(self, on_reload: Callable) -> None:
        # The oldest fact is the first: (value, when it was learned).
        self.facts: OrderedDict = OrderedDict()
        self.known: OrderedDict = OrderedDict()
        self.all_before = 0.0
        self.on_reload = on_reload

    def apply(self, kind: str, data: dict) -> None:
        if self.is_duplicate(data.get("eventId")):
            return
        user, session, client = data.get("userId"), data.get("sessionId"), data.get("clientId")
        if kind == "session-ended":
            self.learn(("session", session), to_seconds(data["at"], 0))
        elif kind == "user-banned":
            self.learn(("user", user), to_seconds(data["until"], math.inf))
        elif kind == "user-deleted":
            self.learn(("user", user), math.inf)
        elif kind == "ban-lifted":
            self.facts.pop(("user", user), None)
        elif kind == "role-changed":
            self.learn(("role", user), data["role"])
        elif kind in ("client-disabled", "client-deleted"):
            self.learn(("client", client), math.inf)
        elif kind == "client-enabled":
            self.facts.pop(("client", client), None)
        elif kind == "client-changed":
            self.learn(("before", client), time.time())
        elif kind == "grant-ended":
            self.learn(("before", session, client), time.time())
        elif kind == "key-withdrawn":
            self.learn(("key", data["keyId"]), math.inf)
        elif kind != "credentials-changed":
            # `reload`, or an event of a later version.
            self.refuse_all_before(time.time())

    def is_duplicate(self, event_id: Optional[str]) -> bool:
        """An earlier role that comes again must not replace the one in force."""
        if event_id is None:
            # A `reload` can have no id.
            return False
        if event_id in self.known:
            return True
        self.known[event_id] = None
        if len(self.known) > KNOWN_EVENTS:
            self.known.popitem(last=False)
        return False

    def learn(self, key: tuple, value: Any) -> None:
        now = time.time()
        self.facts.pop(key, None)
        self.facts[key] = (value, now)
        while next(iter(self.facts.values()))[1] < now - MEMORY_SECONDS:
            self.facts.popitem(last=False)
        if len(self.facts) > MOST_FACTS:
            self.refuse_all_before(now)

    def refuse_all_before(self, moment: float) -> None:
        self.facts.clear()
        self.all_before = moment
        self.on_reload()

    def value(self, key: tuple, otherwise: Any) -> Any:
        return self.facts.get(key, (otherwise, 0))[0]

    def reason(self, claims: dict, key_id: str) -> Optional[str]:
        """The reason why access has ended, for the log; None: it has not."""
        now, issued = time.time(), claims["iat"]
        session, client = claims.get("sid"), claims.get("client_id")
        if self.value(("key", key_id), 0) > now:
            return "key is withdrawn"
        if self.value(("session", session), math.inf) <= now:
            return "session has ended"
        if self.value(("user", claims["sub"]), 0) > now:
            return "user is banned or deleted"
        if self.value(("client", client), 0) > now:
            return "client is disabled"
        if issued <= self.value(("before", client), 0):
            return "client has changed"
        if issued <= self.value(("before", session, client), 0):
            return "grant has ended"
        return "token was issued before a reload" if issued <= self.all_before else None
