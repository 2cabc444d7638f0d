"""A backend with three routes. Run: uvicorn main:app --port 8100"""

import asyncio
import os

from fastapi import Depends, FastAPI

from access import Access, Caller, Settings

access = Access(
    Settings(
        api_url=os.environ["API_URL"],
        issuer=os.environ["JWT_ISSUER"],
        audience=os.environ["JWT_AUDIENCE"],
        jwks_url=os.environ["JWKS_URL"],
        token_url=os.environ["TOKEN_URL"],
        introspection_url=os.environ.get("INTROSPECTION_URL"),
        client_id=os.environ["CLIENT_ID"],
        client_secret=os.environ["CLIENT_SECRET"],
        algorithm=os.environ.get("JWT_ALGORITHM", "RS256"),
    )
)
app = FastAPI()


@app.on_event("startup")
async def start() -> None:
    app.state.follower = asyncio.create_task(access.follow())


@app.on_event("shutdown")
async def stop() -> None:
    app.state.follower.cancel()
    await access.http.aclose()


@app.get("/health")
async def health() -> dict:
    return {"current": access.is_current()}


@app.get("/orders")
async def orders(caller: Caller = Depends(access.require(scope="orders:read"))) -> dict:
    return {"userId": caller.user_id, "clientId": caller.client_id, "role": caller.role}


@app.get("/reports")
async def reports(caller: Caller = Depends(access.require(role="admin", scope="orders:read"))) -> dict:
    return {"userId": caller.user_id, "clientId": caller.client_id}
