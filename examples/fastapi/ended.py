"""What access events say, for as long as a token can live. Copy it with access.py."""

import math
import time
from datetime import datetime
from typing import Any, Callable, Optional

# What ended earlier concerns no token that lives for at most an hour. Others are in doubt.
MEMORY_SECONDS = 4200
LONGEST_LIFETIME_SECONDS = 3600
# More facts than this are replaced by one: every token that was issued before is in doubt.
MOST_FACTS = 100_000
# Without a proof for this time the stream is not current. So the clocks differ by less than this.
LEASE_SECONDS = 3.0

# From when until when access has ended, in seconds since the epoch.
NEVER, ALWAYS = (math.inf, math.inf), (0, math.inf)

# The key of a fact, and its value from now on.
EFFECTS: dict = {
    "session-ended": lambda data: (("session", data["sessionId"]), (to_seconds(data["at"], 0), math.inf)),
    "user-banned": lambda data: (("user", data["userId"]), (0, to_seconds(data["until"], math.inf))),
    "ban-lifted": lambda data: (("user", data["userId"]), NEVER),
    "user-deleted": lambda data: (("user", data["userId"]), ALWAYS),
    "role-changed": lambda data: (("role", data["userId"]), data["role"]),
    "client-disabled": lambda data: (("client", data["clientId"]), ALWAYS),
    "client-deleted": lambda data: (("client", data["clientId"]), ALWAYS),
    "client-enabled": lambda data: (("client", data["clientId"]), NEVER),
    "key-withdrawn": lambda data: (("key", data["keyId"]), ALWAYS),
}


def to_seconds(text: Any, otherwise: float) -> float:
    """For `null`, `infinity` and years that Python does not know: the other value."""
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except (AttributeError, ValueError):
        return otherwise


class Ended:
    def __init__(self, on_reload: Callable) -> None:
        # The oldest fact is the first: (value, number of its event, when it was learned).
        self.facts: dict = {}
        self.all_before = 0.0
        self.on_reload = on_reload

    def apply(self, kind: str, data: dict) -> None:
        # A token that was issued at this time by the clock of the issuer, or earlier, is in doubt.
        moment = time.time() + LEASE_SECONDS
        if kind in EFFECTS:
            self.learn(*EFFECTS[kind](data), int(data["eventId"]))
        elif kind == "client-changed":
            self.learn(("issued", data["clientId"]), (0, moment))
        elif kind == "grant-ended":
            key = ("issued", data["sessionId"], data["clientId"])
            self.learn(key, (to_seconds(data["time"], 0), moment))
        elif kind != "credentials-changed":
            # `reload`, or an event of a later version.
            self.doubt_all_before(moment)

    def learn(self, key: tuple, value: Any, number: float = math.inf) -> None:
        """Events come again after an interruption: an earlier one does not replace a later one."""
        now = time.time()
        if number < self.facts.get(key, (None, 0))[1]:
            return
        self.facts.pop(key, None)
        self.facts[key] = (value, number, now)
        while next(iter(self.facts.values()))[2] < now - MEMORY_SECONDS:
            del self.facts[next(iter(self.facts))]
        if len(self.facts) > MOST_FACTS:
            self.doubt_all_before(now + LEASE_SECONDS)

    def doubt_all_before(self, moment: float) -> None:
        self.facts.clear()
        self.all_before = max(self.all_before, moment)
        self.on_reload()

    def value(self, key: tuple, otherwise: Any) -> Any:
        return self.facts.get(key, (otherwise,))[0]

    def end(self, claims: dict, key_id: str) -> Optional[str]:
        """What of the token has ended, for the log; None: nothing."""
        session, client = claims.get("sid"), claims.get("client_id")
        for key in (("key", key_id), ("session", session), ("user", claims["sub"]), ("client", client)):
            start, stop = self.value(key, NEVER)
            if start <= time.time() < stop:
                return f"access of the {key[0]} has ended"
        # The time of issue has no fraction.
        is_ended = claims["iat"] + 1 <= self.value(("issued", session, client), (0, 0))[0]
        return "the grant has ended" if is_ended else None

    def is_in_doubt(self, claims: dict) -> bool:
        """Whether the events do not tell that the token is in force. Introspection does."""
        session, client = claims.get("sid"), claims.get("client_id")
        keys = ("issued", client), ("issued", session, client)
        before = max(self.all_before, *(self.value(key, (0, 0))[1] for key in keys))
        is_long = claims["exp"] - claims["iat"] > LONGEST_LIFETIME_SECONDS
        return is_long or claims["iat"] <= before
