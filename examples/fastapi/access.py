"""Access for a FastAPI backend beside Gatehouse: verifies tokens and follows the end of access.

Copy it with ended.py. It needs fastapi, httpx and python-jose. Guide: docs/guides/access-events.md.
"""

import asyncio
import json
import logging
import math
import random
import time
from dataclasses import dataclass
from typing import Callable, Optional

import httpx
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jose import JWTError, jwt

from ended import MEMORY_SECONDS, Ended, to_seconds

logger = logging.getLogger("access")

# The stream proves each second that it is complete. Without a proof for this time: introspection.
LEASE_SECONDS = 3.0
# Keys are fetched again after ten minutes. An unknown key id costs one request in five seconds.
KEY_AGE_SECONDS = 600.0
KEY_COOLDOWN_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 2.0

BEARER = HTTPBearer(auto_error=False)


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
    # None: requests are not answered while the stream is not complete.
    introspection_url: Optional[str] = None


@dataclass
class Caller:
    user_id: Optional[str]
    client_id: Optional[str]
    role: Optional[str]
    scopes: frozenset


class Access:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ended = Ended(self.forget_keys)
        self.keys: dict = {}
        self.keys_fetched = self.keys_forgotten = -math.inf
        self.fetching = asyncio.Lock()
        self.proved_at = -math.inf
        self.last_event_id: Optional[str] = None
        self.http = httpx.AsyncClient(timeout=httpx.Timeout(5.0))

    def require(self, role: Optional[str] = None, scope: Optional[str] = None) -> Callable:
        """A dependency. Users need the role. Clients, also those that act for a user, need the scope."""

        async def dependency(given: Optional[HTTPAuthorizationCredentials] = Depends(BEARER)) -> Caller:
            if given is None:
                raise HTTPException(401, "token_required", {"www-authenticate": "Bearer"})
            caller = await self.verify(given.credentials)
            if caller.user_id is not None and role not in (None, caller.role):
                raise HTTPException(403, "forbidden")
            if caller.client_id is not None and scope not in caller.scopes:
                raise HTTPException(403, "insufficient_scope")
            return caller

        return dependency

    async def verify(self, token: str) -> Caller:
        claims, key_id = await self.read_token(token)
        caller, end = to_caller(claims), self.ended.end(claims, key_id)
        if not self.is_current():
            return await self.ask_about(token)
        if end is not None:
            raise refuse(end)
        if self.ended.is_in_doubt(claims):
            if self.settings.introspection_url is None:
                raise refuse("the token is in doubt")
            return await self.ask_about(token)
        caller.role = self.ended.value(("role", caller.user_id), caller.role)
        return caller

    async def read_token(self, token: str) -> tuple:
        settings = self.settings
        try:
            key_id = str(jwt.get_unverified_header(token)["kid"])
            claims = jwt.decode(
                token, await self.find_key(key_id), algorithms=[settings.algorithm],
                audience=settings.audience, issuer=settings.issuer,
                options={"require_exp": True, "require_iat": True, "require_sub": True},
            )
        except httpx.HTTPError:
            raise HTTPException(503, "keys_unavailable")
        except (JWTError, KeyError) as error:
            raise refuse(repr(error))
        return claims, key_id

    async def find_key(self, key_id: str) -> dict:
        if not self.is_key_known(key_id):
            async with self.fetching:
                while not self.is_key_known(key_id):
                    await self.fetch_keys()
        return self.keys[key_id]

    async def fetch_keys(self) -> None:
        began = time.monotonic()
        response = await self.http.get(self.settings.jwks_url)
        response.raise_for_status()
        # A response from before a `reload` is not used.
        if began > self.keys_forgotten:
            self.keys = {key["kid"]: key for key in response.json()["keys"]}
            self.keys_fetched = time.monotonic()

    def is_key_known(self, key_id: str) -> bool:
        """Also when it is known that there is no such key."""
        age = time.monotonic() - self.keys_fetched
        return age < (KEY_AGE_SECONDS if key_id in self.keys else KEY_COOLDOWN_SECONDS)

    def forget_keys(self) -> None:
        self.keys, self.keys_fetched, self.keys_forgotten = {}, -math.inf, time.monotonic()

    async def ask_about(self, token: str) -> Caller:
        """Introspection (RFC 7662), while the stream is not proved to be complete, and in doubt."""
        try:
            if self.settings.introspection_url is None:
                raise ValueError("no introspection")
            report = await self.post(self.settings.introspection_url, {"token": token}, timeout=2.0)
        except (httpx.HTTPError, ValueError):
            raise HTTPException(503, "access_unknown")
        if not report["active"]:
            raise refuse("the token is not active")
        return to_caller(report)

    async def post(self, url: str, form: dict, timeout: float = 5.0) -> dict:
        secret = (self.settings.client_id, self.settings.client_secret)
        response = await self.http.post(url, data=form, auth=secret, timeout=timeout)
        response.raise_for_status()
        return response.json()

    def is_current(self) -> bool:
        return abs(time.time() - self.proved_at) < LEASE_SECONDS

    async def follow(self) -> None:
        """Runs for as long as the backend does. Start it as a task; cancel it at the end."""
        pause = 0.5
        while True:
            began = time.monotonic()
            try:
                await self.read_stream()
            except (httpx.HTTPError, KeyError, ValueError) as error:
                logger.warning("the stream of access events is interrupted: %r", error)
            pause = 0.5 if time.monotonic() - began > 5 else min(pause * 2, LONGEST_PAUSE_SECONDS)
            # Not all readers of a replica that has stopped connect at the same moment.
            await asyncio.sleep(pause * random.uniform(0.5, 1))

    async def read_stream(self) -> None:
        form = {"grant_type": "client_credentials", "scope": "access-events:read"}
        token = (await self.post(self.settings.token_url, form))["access_token"]
        headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
        if self.last_event_id is not None:
            headers["last-event-id"] = self.last_event_id
        url = f"{self.settings.api_url}/api/v1/access-events?replay={MEMORY_SECONDS}"
        async with self.http.stream("GET", url, headers=headers) as response:
            response.raise_for_status()
            fields: dict = {}
            async for line in response.aiter_lines():
                name, _, value = line.rstrip("\r\n").partition(": ")
                if name:
                    fields[name] = value
                    continue
                if "data" in fields:
                    self.take(fields["event"], json.loads(fields["data"]))
                self.last_event_id = fields.get("id", self.last_event_id)
                fields = {}

    def take(self, kind: str, data: dict) -> None:
        if kind != "current":
            return self.ended.apply(kind, data)
        self.proved_at = to_seconds(data["time"], -math.inf)
        self.ended.is_complete = True


def to_caller(claims: dict) -> Caller:
    user, client = claims["sub"] if "sid" in claims else None, claims.get("client_id")
    if user is None and client != claims["sub"]:
        raise refuse("neither a session nor a service account")
    return Caller(user, client, claims.get("role"), frozenset(claims.get("scope", "").split()))


def refuse(reason: str) -> HTTPException:
    """The code is public, the reason is not (RFC 6750, section 3.1)."""
    logger.info("a token is refused: %s", reason)
    return HTTPException(401, "invalid_token", {"www-authenticate": 'Bearer error="invalid_token"'})
