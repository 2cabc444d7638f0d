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
        self.bearer = HTTPBearer(auto_error=False)

    # --- the stream ---------------------------------------------------------------------------

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
        headers = {"authorization": f"Bearer {await self.fetch_token()}", "accept": "text/event-stream"}
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
                else:
                    self.take(fields)
                    fields = {}

    def take(self, fields: dict) -> None:
        if "data" not in fields:
            return
        data = json.loads(fields["data"])
        if fields["event"] == "current":
            self.proved_at = to_seconds(data["time"], -math.inf)
            self.ended.complete()
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
        if key_id not in self.keys or time.monotonic() - self.keys_fetched > KEY_AGE_SECONDS:
            async with self.fetching:
                await self.refresh_keys(key_id)
        return self.keys.get(key_id)

    async def refresh_keys(self, key_id: str) -> None:
        began = time.monotonic()
        age = began - self.keys_fetched
        if age < KEY_COOLDOWN_SECONDS or (key_id in self.keys and age < KEY_AGE_SECONDS):
            return
        response = await self.http.get(self.settings.jwks_url)
        response.raise_for_status()
        if self.keys_forgotten > began:
            # The response can be from before the `reload`.
            return await self.refresh_keys(key_id)
        self.keys = {key["kid"]: key for key in response.json()["keys"]}
        self.keys_fetched = time.monotonic()

    def forget_keys(self) -> None:
        self.keys, self.keys_fetched, self.keys_forgotten = {}, -math.inf, time.monotonic()

    async def verify(self, token: str) -> Caller:
        settings = self.settings
        try:
            key_id = str(jwt.get_unverified_header(token)["kid"])
            key = await self.find_key(key_id)
            if key is None:
                raise refuse("unknown key")
            claims: dict = jwt.decode(
                token, key, algorithms=[settings.algorithm],
                audience=settings.audience, issuer=settings.issuer,
                options={"require_exp": True, "require_iat": True, "require_sub": True},
            )
        except httpx.HTTPError:
            raise HTTPException(503, "keys_unavailable")
        except (JWTError, KeyError) as error:
            raise refuse(repr(error))
        if "sid" not in claims and claims.get("client_id") != claims["sub"]:
            raise refuse("neither a session nor a service account")
        if not self.is_current():
            return await self.ask_about(token)
        end, doubt = self.ended.end(claims, key_id), self.ended.doubt(claims)
        if end is None and doubt is not None and settings.introspection_url is not None:
            return await self.ask_about(token)
        if end is not None or doubt is not None:
            raise refuse(str(end or doubt))
        caller = to_caller(claims)
        caller.role = self.ended.value(("role", caller.user_id), caller.role)
        return caller

    async def ask_about(self, token: str) -> Caller:
        """Introspection (RFC 7662), while the stream is not proved to be complete, and in doubt."""
        url, secret = self.settings.introspection_url, (self.settings.client_id, self.settings.client_secret)
        if url is None:
            raise HTTPException(503, "access_unknown")
        try:
            response = await self.http.post(url, data={"token": token}, auth=secret, timeout=2.0)
            response.raise_for_status()
            report = response.json()
        except (httpx.HTTPError, ValueError):
            raise HTTPException(503, "access_unknown")
        if not report["active"]:
            raise refuse("the token is not active")
        return to_caller(report)

    # --- dependencies -------------------------------------------------------------------------

    def caller(self) -> Callable:
        async def dependency(given: Optional[HTTPAuthorizationCredentials] = Depends(self.bearer)) -> Caller:
            if given is None:
                raise HTTPException(401, "token_required", {"www-authenticate": "Bearer"})
            return await self.verify(given.credentials)

        return dependency

    def require(self, role: Optional[str] = None, scope: Optional[str] = None) -> Callable:
        """Users need the role. Clients, also those that act for a user, need the scope."""

        async def dependency(caller: Caller = Depends(self.caller())) -> Caller:
            if caller.user_id is not None and role is not None and caller.role != role:
                raise HTTPException(403, "forbidden")
            if caller.client_id is not None and (scope is None or scope not in caller.scopes):
                raise HTTPException(403, "insufficient_scope")
            return caller

        return dependency


def to_caller(claims: dict) -> Caller:
    user = claims["sub"] if "sid" in claims else None
    return Caller(user, claims.get("client_id"), claims.get("role"), frozenset(claims.get("scope", "").split()))


def refuse(reason: str) -> HTTPException:
    """The code is public, the reason is not (RFC 6750, section 3.1)."""
    logger.info("a token is refused: %s", reason)
    return HTTPException(401, "invalid_token", {"www-authenticate": 'Bearer error="invalid_token"'})
