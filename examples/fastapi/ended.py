"""What access events say. Copy it with access.py."""

import math
import time
from collections import OrderedDict
from datetime import datetime
from typing import Any, Callable, Optional

# What ended earlier concerns no token that lives for at most an hour. Others are in doubt.
MEMORY_SECONDS = 4200
LONGEST_LIFETIME_SECONDS = 3600
# The events of the past have the time of their writing. A token that was issued between the writing
# and the commit is in doubt, for transactions of up to this length.
LONGEST_TRANSACTION_SECONDS = 60
# More facts than this are replaced by one: every token that was issued before is in doubt.
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
        # Whether the events of the past have been read.
        self.is_complete = False
        self.on_reload = on_reload

    def apply(self, kind: str, data: dict) -> None:
        if self.is_duplicate(data.get("eventId")):
            return
        committed = self.latest_commit(data)
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
            self.learn(("before", client), committed)
        elif kind == "grant-ended":
            self.learn(("before", session, client), committed)
            self.learn(("ended", session, client), to_seconds(data["time"], 0))
        elif kind == "key-withdrawn":
            self.learn(("key", data["keyId"]), math.inf)
        elif kind != "credentials-changed":
            # `reload`, or an event of a later version.
            self.doubt_all_before(committed)

    def complete(self) -> None:
        """The stream has proved that it is complete: further events have just been committed."""
        self.is_complete = True

    def latest_commit(self, data: dict) -> float:
        """The latest time at which the change can have been committed."""
        now = time.time()
        written = to_seconds(data.get("time"), now)
        return max(now, written) if self.is_complete else min(now, written + LONGEST_TRANSACTION_SECONDS)

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
            self.doubt_all_before(now)

    def doubt_all_before(self, moment: float) -> None:
        self.facts.clear()
        self.all_before = max(self.all_before, moment)
        self.on_reload()

    def value(self, key: tuple, otherwise: Any) -> Any:
        return self.facts.get(key, (otherwise, 0))[0]

    def end(self, claims: dict, key_id: str) -> Optional[str]:
        """The reason why access has ended, for the log; None: it has not."""
        now = time.time()
        if self.value(("key", key_id), 0) > now:
            return "key is withdrawn"
        session, client = claims.get("sid"), claims.get("client_id")
        if self.value(("session", session), math.inf) <= now:
            return "session has ended"
        if self.value(("user", claims["sub"]), 0) > now:
            return "user is banned or deleted"
        if self.value(("client", client), 0) > now:
            return "client is disabled"
        # The time of issue has no fraction.
        is_ended = claims["iat"] + 1 <= self.value(("ended", session, client), 0)
        return "grant has ended" if is_ended else None

    def doubt(self, claims: dict) -> Optional[str]:
        """Why the events do not tell whether the token is in force; introspection does."""
        issued, session, client = claims["iat"], claims.get("sid"), claims.get("client_id")
        if issued <= self.value(("before", client), 0):
            return "client has changed"
        if issued <= self.value(("before", session, client), 0):
            return "grant has ended"
        if issued <= self.all_before:
            return "token was issued before a reload"
        is_long = claims["exp"] - issued > LONGEST_LIFETIME_SECONDS
        return "token lives longer than the ends are remembered" if is_long else None
