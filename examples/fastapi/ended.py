"""What access events say, for as long as a token can live. Copy it with access.py."""

import math
import time
from datetime import datetime
from typing import Any, Callable, Optional

# What ended earlier concerns no token that lives for at most an hour. Others are in doubt.
MEMORY_SECONDS = 4200
LONGEST_LIFETIME_SECONDS = 3600
# Events of the past have the time of their writing. Their commit is at most this much later.
LONGEST_TRANSACTION_SECONDS = 60
# More facts than this are replaced by one: every token that was issued before is in doubt.
MOST_FACTS = 100_000
# After an interruption the events of the last seconds come again: so many ids are kept.
KNOWN_EVENTS = 10_000

# From when until when access has ended, in seconds since the epoch.
NEVER, ALWAYS = (math.inf, math.inf), (0, math.inf)


def to_seconds(text: Optional[str], otherwise: float) -> float:
    if text is None or text.endswith("infinity"):
        return otherwise
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Ended:
    def __init__(self, on_reload: Callable) -> None:
        # The oldest fact is the first: (value, when it was learned).
        self.facts: dict = {}
        self.known: dict = {}
        self.all_before = 0.0
        # Whether the events of the past have been read. Further ones have just been committed.
        self.is_complete = False
        self.on_reload = on_reload

    def apply(self, kind: str, data: dict) -> None:
        # An earlier role that comes again must not replace the one in force. A `reload` can have no id.
        event_id = data.get("eventId")
        if event_id in self.known:
            return
        if event_id is not None:
            self.known[event_id] = True
            if len(self.known) > KNOWN_EVENTS:
                del self.known[next(iter(self.known))]
        user, session, client = data.get("userId"), data.get("sessionId"), data.get("clientId")
        if kind == "session-ended":
            self.learn(("session", session), (to_seconds(data["at"], 0), math.inf))
        elif kind == "user-banned":
            self.learn(("user", user), (0, to_seconds(data["until"], math.inf)))
        elif kind == "user-deleted":
            self.learn(("user", user), ALWAYS)
        elif kind in ("client-disabled", "client-deleted"):
            self.learn(("client", client), ALWAYS)
        elif kind == "key-withdrawn":
            self.learn(("key", data["keyId"]), ALWAYS)
        elif kind in ("ban-lifted", "client-enabled"):
            self.facts.pop(("user", user) if kind == "ban-lifted" else ("client", client), None)
        elif kind == "role-changed":
            self.learn(("role", user), data["role"])
        elif kind == "client-changed":
            self.learn(("before", client), self.latest_commit(data))
        elif kind == "grant-ended":
            self.learn(("before", session, client), self.latest_commit(data))
            self.learn(("ended", session, client), to_seconds(data["time"], 0))
        elif kind != "credentials-changed":
            # `reload`, or an event of a later version.
            self.doubt_all_before(self.latest_commit(data))

    def latest_commit(self, data: dict) -> float:
        now = time.time()
        written = to_seconds(data.get("time"), now)
        return max(now, written) if self.is_complete else min(now, written + LONGEST_TRANSACTION_SECONDS)

    def learn(self, key: tuple, value: Any) -> None:
        now = time.time()
        self.facts.pop(key, None)
        self.facts[key] = (value, now)
        while next(iter(self.facts.values()))[1] < now - MEMORY_SECONDS:
            del self.facts[next(iter(self.facts))]
        if len(self.facts) > MOST_FACTS:
            self.doubt_all_before(now)

    def doubt_all_before(self, moment: float) -> None:
        self.facts.clear()
        self.all_before = max(self.all_before, moment)
        self.on_reload()

    def value(self, key: tuple, otherwise: Any) -> Any:
        return self.facts.get(key, (otherwise, 0))[0]

    def end(self, claims: dict, key_id: str) -> Optional[str]:
        """What of the token has ended, for the log; None: nothing."""
        now, session, client = time.time(), claims.get("sid"), claims.get("client_id")
        for key in (("key", key_id), ("session", session), ("user", claims["sub"]), ("client", client)):
            start, stop = self.value(key, NEVER)
            if start <= now < stop:
                return f"access of the {key[0]} has ended"
        # The time of issue has no fraction.
        is_ended = claims["iat"] + 1 <= self.value(("ended", session, client), 0)
        return "the grant has ended" if is_ended else None

    def is_in_doubt(self, claims: dict) -> bool:
        """Whether the events do not tell that the token is in force. Introspection does."""
        session, client = claims.get("sid"), claims.get("client_id")
        changes = (self.value(("before", client), 0), self.value(("before", session, client), 0))
        is_long = claims["exp"] - claims["iat"] > LONGEST_LIFETIME_SECONDS
        return is_long or claims["iat"] <= max(self.all_before, *changes)
