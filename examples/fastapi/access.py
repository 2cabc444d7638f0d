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
from jose import jwt
from jose.exceptions import JOSEError

from ended import LEASE_SECONDS, MEMORY_SECONDS, Ended, to_seconds

logger = logging.getLogger("access")

# Keys are fetched again after ten minutes. An unknown key id costs one request in five seconds.
KEY_AGE_SECONDS, KEY_COOLDOWN_SECONDS = 600.0, 5.0
LONGEST_LINE_BYTES = 1_000_000

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
        # A stream that is silent for this time is not current either.
        self.http = httpx.AsyncClient(timeout=LEASE_SECONDS)
        self.asking = asyncio.Lock()
        self.forget_keys()
        self.ended = Ended(self.forget_keys)
        self.proved_at = -math.inf
        self.last_event_id: Optional[str] = None

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
        end = self.ended.end(claims, key_id)
        if end is not None:
            raise refuse(end)
        caller = to_caller(claims)
        if not self.is_current() or self.ended.is_in_doubt(claims):
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
        except (JOSEError, KeyError) as error:
            raise refuse(repr(error))
        return claims, key_id

    async def find_key(self, key_id: str) -> dict:
        # An unknown key also waits for a fetch that runs.
        if key_id not in self.keys or self.is_key_old(key_id):
            async with self.asking:
                if self.is_key_old(key_id):
                    await self.fetch_keys()
        if key_id not in self.keys and not self.are_keys_complete:
            raise HTTPException(503, "keys_unavailable")
        return self.keys[key_id]

    def is_key_old(self, key_id: str) -> bool:
        age = time.monotonic() - self.asked_at
        return age > (KEY_AGE_SECONDS if key_id in self.keys else KEY_COOLDOWN_SECONDS)

    async def fetch_keys(self) -> None:
        """While the keys cannot be fetched, those that are known stay in use."""
        keys, self.asked_at, self.are_keys_complete = self.keys, time.monotonic(), False
        try:
            response = await self.http.get(self.settings.jwks_url)
            response.raise_for_status()
            found = {key["kid"]: key for key in response.json()["keys"]}
        except Exception as error:
            logger.warning("the keys cannot be fetched: %r", error)
        else:
            # After a `reload` these are not the keys in use.
            keys.clear()
            keys.update(found)
            self.are_keys_complete = len(self.keys) > 0

    def forget_keys(self) -> None:
        self.keys, self.asked_at, self.are_keys_complete = {}, -math.inf, False

    async def ask_about(self, token: str) -> Caller:
        """Introspection (RFC 7662), while the stream is not proved to be complete, and in doubt."""
        url = self.settings.introspection_url
        if url is None:
            raise refuse("in doubt") if self.is_current() else HTTPException(503, "access_unknown")
        try:
            report = await self.post(url, {"token": token})
            is_active = report["active"] is True
        except (httpx.HTTPError, KeyError, TypeError, ValueError):
            raise HTTPException(503, "access_unknown")
        if not is_active:
            raise refuse("the token is not active")
        return to_caller(report)

    async def post(self, url: str, form: dict) -> dict:
        secret = (self.settings.client_id, self.settings.client_secret)
        response = await self.http.post(url, data=form, auth=secret)
        response.raise_for_status()
        return response.json()

    def is_current(self) -> bool:
        return abs(time.time() - self.proved_at) < LEASE_SECONDS

    async def follow(self) -> None:
        """Runs for as long as the backend does. Start it as a task; cancel it at the end."""
        while True:
            try:
                await self.read_stream()
            except Exception as error:
                logger.warning("the stream of access events is interrupted: %r", error)
            # Not all readers of a replica that has stopped connect at the same moment.
            await asyncio.sleep(random.uniform(0.25, 1.5))

    async def read_stream(self) -> None:
        form = {"grant_type": "client_credentials", "scope": "access-events:read"}
        token = (await self.post(self.settings.token_url, form))["access_token"]
        headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
        if self.last_event_id is not None:
            headers["last-event-id"] = self.last_event_id
        url = f"{self.settings.api_url}/api/v1/access-events?replay={MEMORY_SECONDS}"
        async with self.http.stream("GET", url, headers=headers) as response:
            response.raise_for_status()
            rest, fields = b"", {}
            async for chunk in response.aiter_bytes():
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > LONGEST_LINE_BYTES:
                    raise ValueError("a line is too long")
                for line in lines:
                    fields = self.take_line(line.decode(), fields)

    def take_line(self, line: str, fields: dict) -> dict:
        """Fields are collected until an empty line ends the event (HTML, section 9.2.6)."""
        if line:
            name, _, value = line.partition(": ")
            return {**fields, name: value}
        if "data" in fields:
            self.take(fields["event"], json.loads(fields["data"]))
        self.last_event_id = fields.get("id", self.last_event_id)
        return {}

    def take(self, kind: str, data: dict) -> None:
        if kind == "current":
            self.proved_at = to_seconds(data["time"], -math.inf)
        else:
            self.ended.apply(kind, data)


def to_caller(claims: dict) -> Caller:
    user, client = claims["sub"] if "sid" in claims else None, claims.get("client_id")
    if user is None and client != claims["sub"]:
        raise refuse("neither a session nor a service account")
    return Caller(user, client, claims.get("role"), frozenset(claims.get("scope", "").split()))


def refuse(reason: str) -> HTTPException:
    """The code is public, the reason is not (RFC 6750, section 3.1)."""
    logger.info("a token is refused: %s", reason)
    return HTTPException(401, "invalid_token", {"www-authenticate": 'Bearer error="invalid_token"'})
