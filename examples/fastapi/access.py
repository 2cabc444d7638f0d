"""Access for a FastAPI backend beside Gatehouse: verifies tokens and follows the end of access.

Copy this file. It needs fastapi, httpx and python-jose. Guide: docs/guides/access-events.md.
"""

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Callable, Optional

import httpx
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jose import JWTError, jwt

# The stream proves each second that it is complete. Without a proof for this time: 503.
LEASE_SECONDS = 3.0
# Longer than the lifetime of an access token.
REPLAY_SECONDS = 3600
KEY_REFETCH_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 5.0


@dataclass
class Settings:
    api_url: str
    issuer: str
    audience: str
    jwks_url: str
    token_url: str
    client_id: str
    client_secret: str
    algorithm: str = "RS256"


@dataclass
class Caller:
    user_id: Optional[str]
    client_id: Optional[str]
    role: Optional[str]
    scopes: frozenset


def to_seconds(text: Optional[str]) -> float:
    if text is None or text == "infinity":
        return float("inf")
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@dataclass
class Ended:
    """What the events say: it only grows, so that duplicates do no harm."""

    sessions: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    roles: dict = field(default_factory=dict)
    clients: set = field(default_factory=set)
    keys: set = field(default_factory=set)
    issued_before: dict = field(default_factory=dict)

    def apply(self, kind: str, data: dict) -> None:
        user, session = data.get("userId"), data.get("sessionId")
        client = data.get("clientId")
        if kind == "session-ended":
            self.sessions[session] = to_seconds(data["at"])
        elif kind == "user-banned":
            self.users[user] = to_seconds(data["until"])
        elif kind == "user-deleted":
            self.users[user] = float("inf")
        elif kind == "ban-lifted":
            self.users.pop(user, None)
        elif kind == "role-changed":
            self.roles[user] = data["role"]
        elif kind in ("client-disabled", "client-deleted"):
            self.clients.add(client)
        elif kind == "client-enabled":
            self.clients.discard(client)
        elif kind == "key-withdrawn":
            self.keys.add(data["keyId"])
        elif kind == "client-changed":
            self.issued_before[client] = time.time()
        elif kind == "grant-ended":
            self.issued_before[(session, client)] = time.time()
        elif kind != "credentials-changed":
            # `reload`, or an event of a later version: older tokens are not certain.
            self.issued_before["all"] = time.time()

    def reason(self, claims: dict, key_id: str) -> Optional[str]:
        now, issued = time.time(), claims["iat"]
        user, session = claims["sub"], claims.get("sid")
        client = claims.get("client_id")
        if self.sessions.get(session, float("inf")) <= now:
            return "session has ended"
        if self.users.get(user, 0) > now:
            return "user is banned or deleted"
        if client in self.clients:
            return "client is disabled"
        if key_id in self.keys:
            return "key is withdrawn"
        if any(issued <= self.issued_before.get(key, 0) for key in ("all", client, (session, client))):
            return "token was issued before a change"
        return None


class Access:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ended = Ended()
        self.keys: dict = {}
        self.keys_fetched = float("-inf")
        self.proved_at = float("-inf")
        self.last_event_id: Optional[str] = None
        self.http = httpx.AsyncClient(timeout=httpx.Timeout(5.0))
        self.bearer = HTTPBearer(auto_error=False)

    # --- the stream ---------------------------------------------------------------------------

    async def follow(self) -> None:
        """Runs for as long as the backend does. Start it as a task; cancel it at the end."""
        pause = 0.5
        while True:
            began = time.monotonic()
            try:
                await self.read_stream()
            except (httpx.HTTPError, KeyError, ValueError):
                pass
            pause = 0.5 if time.monotonic() - began > 5 else min(pause * 2, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def read_stream(self) -> None:
        headers = {"authorization": f"Bearer {await self.fetch_token()}", "accept": "text/event-stream"}
        if self.last_event_id is not None:
            headers["last-event-id"] = self.last_event_id
        url = f"{self.settings.api_url}/api/v1/access-events?replay={REPLAY_SECONDS}"
        async with self.http.stream("GET", url, headers=headers) as response:
            response.raise_for_status()
            fields: dict = {}
            async for line in response.aiter_lines():
                name, _, value = line.rstrip("\r\n").partition(": ")
                if name:
                    fields[name] = value
                else:
                    self.take(fields)
                    fields = {}

    def take(self, fields: dict) -> None:
        if "data" not in fields:
            return
        data = json.loads(fields["data"])
        if fields["event"] == "current":
            self.proved_at = to_seconds(data["time"])
        else:
            self.ended.apply(fields["event"], data)
        self.last_event_id = fields.get("id", self.last_event_id)

    async def fetch_token(self) -> str:
        secret = (self.settings.client_id, self.settings.client_secret)
        form = {"grant_type": "client_credentials", "scope": "access-events:read"}
        response = await self.http.post(self.settings.token_url, data=form, auth=secret)
        response.raise_for_status()
        return response.json()["access_token"]

    def is_current(self) -> bool:
        return abs(time.time() - self.proved_at) < LEASE_SECONDS

    # --- tokens -------------------------------------------------------------------------------

    async def find_key(self, key_id: str) -> Optional[dict]:
        """An unknown key can be new. Made-up ones cost one request in five seconds."""
        if key_id not in self.keys and time.monotonic() - self.keys_fetched > KEY_REFETCH_SECONDS:
            self.keys_fetched = time.monotonic()
            response = await self.http.get(self.settings.jwks_url)
            response.raise_for_status()
            self.keys = {key["kid"]: key for key in response.json()["keys"]}
        return self.keys.get(key_id)

    async def verify(self, token: str) -> Caller:
        settings = self.settings
        try:
            key_id = jwt.get_unverified_header(token)["kid"]
            key = await self.find_key(key_id)
            if key is None:
                raise refuse("unknown key")
            claims: dict = jwt.decode(
                token, key, algorithms=[settings.algorithm],
                audience=settings.audience, issuer=settings.issuer,
                options={"require_exp": True, "require_iat": True, "require_sub": True},
            )
        except httpx.HTTPError:
            raise HTTPException(503, "keys cannot be fetched")
        except (JWTError, KeyError):
            raise refuse("invalid token")
        if not self.is_current():
            raise HTTPException(503, "access cannot be checked")
        reason = self.ended.reason(claims, key_id)
        if reason is not None:
            raise refuse(reason)
        return self.to_caller(claims)

    def to_caller(self, claims: dict) -> Caller:
        user = claims["sub"] if "sid" in claims else None
        role: Any = self.ended.roles.get(user, claims.get("role"))
        return Caller(user, claims.get("client_id"), role, frozenset(claims.get("scope", "").split()))

    # --- dependencies -------------------------------------------------------------------------

    def caller(self) -> Callable:
        async def dependency(given: Optional[HTTPAuthorizationCredentials] = Depends(self.bearer)) -> Caller:
            if given is None:
                raise HTTPException(401, "token is missing", {"www-authenticate": "Bearer"})
            return await self.verify(given.credentials)

        return dependency

    def require(self, role: Optional[str] = None, scope: Optional[str] = None) -> Callable:
        """Users need the role. Clients, also those that act for a user, need the scope."""

        async def dependency(caller: Caller = Depends(self.caller())) -> Caller:
            if caller.user_id is not None and role is not None and caller.role != role:
                raise HTTPException(403, "role is missing")
            if caller.client_id is not None and (scope is None or scope not in caller.scopes):
                raise HTTPException(403, "scope is missing")
            return caller

        return dependency


def refuse(reason: str) -> HTTPException:
    return HTTPException(401, reason, {"www-authenticate": 'Bearer error="invalid_token"'})
