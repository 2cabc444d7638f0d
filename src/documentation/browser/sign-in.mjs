/**
 * Signs a user in to Swagger UI: authorization code with PKCE (RFC 7636), in the same window,
 * because the sign-in page isolates itself from the window that opened it. The tokens are in
 * `sessionStorage`: they survive a reload, end with the tab, and no other tab can read them.
 */
const TOKENS = 'gatehouse.docs.tokens';
const PENDING = 'gatehouse.docs.pending';

/** Cause of an error: the server has looked at what it was given, and wants none of it. */
const REFUSED = 'refused';

/** A token is renewed when less than this is left of it, in milliseconds. */
const RENEW_BEFORE_MS = 30_000;

/** @returns {Promise<Record<string, string>>} addresses and names, as the API knows them. */
export async function loadConfig() {
  const response = await fetch('/docs/config.json');
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return response.json();
}

/** Leaves for the sign-in page; `oauth2-redirect.html` is where it comes back to. */
export function leaveToSignIn({ address, codeVerifier, redirectUri, clientId }) {
  const url = new URL(address);
  const state = randomText();
  url.searchParams.set('state', state);
  url.searchParams.set('nonce', randomText());
  write(PENDING, { state, codeVerifier, redirectUri, clientId });
  location.assign(url);
}

/** Exchanges the code in the address for tokens, once. Throws what a person may read. */
export async function finishSignIn(config, answer) {
  const pending = read(PENDING);
  sessionStorage.removeItem(PENDING);
  if (!pending || answer.get('state') !== pending.state) {
    throw new Error('This answer belongs to no sign-in of this tab.');
  }
  // RFC 9207: the answer of another server is not ours to exchange.
  if (answer.get('iss') !== config.issuer) throw new Error('The answer is not of our server.');
  const error = answer.get('error');
  if (error) throw new Error(answer.get('error_description') ?? error);
  await requestTokens(config, {
    grant_type: 'authorization_code',
    code: answer.get('code') ?? '',
    code_verifier: pending.codeVerifier,
    redirect_uri: pending.redirectUri,
    client_id: pending.clientId,
  });
}

export function currentToken() {
  return read(TOKENS)?.accessToken ?? null;
}

/** Whether the token may be refused for its age: that says nothing about the session. */
export function hasExpired() {
  return (read(TOKENS)?.expiresAt ?? 0) <= Date.now();
}

export function forgetTokens() {
  sessionStorage.removeItem(TOKENS);
}

let renewal = null;

/** The token for the next request: renewed before it expires, `null` when that is refused. */
export async function freshToken(config) {
  const tokens = read(TOKENS);
  if (!tokens) return null;
  if (tokens.expiresAt - Date.now() > RENEW_BEFORE_MS) return tokens.accessToken;
  // A refresh token works once: requests at the same time share one renewal.
  renewal ??= renew(config, tokens).finally(() => {
    renewal = null;
  });
  return renewal;
}

async function renew(config, { refreshToken, clientId }) {
  try {
    await requestTokens(config, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken ?? '',
      client_id: clientId,
    });
  } catch (error) {
    // An auth server that is away has refused nothing: the sign-in is kept for when it is back.
    if (error.cause === REFUSED) forgetTokens();
  }
  return currentToken();
}

/**
 * Ends the session at the server, and with it everything that was issued in it. Throws what a
 * person may read when that cannot be done: then they are still signed in.
 */
export async function signOut(config) {
  const token = await freshToken(config);
  if (token !== null) {
    const response = await fetch(config.signOutUrl, {
      method: 'POST',
      credentials: 'omit',
      headers: { authorization: `Bearer ${token}` },
    });
    // 401: it has ended already.
    if (!response.ok && (response.status !== 401 || hasExpired())) {
      throw new Error('You could not be signed out. Try again soon.');
    }
  }
  forgetTokens();
}

async function requestTokens(config, form) {
  const response = await post(config.tokenUrl, form);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    const cause = response.status === 400 || response.status === 401 ? REFUSED : undefined;
    const message = body.error_description ?? body.error ?? body.detail ?? 'No token was issued.';
    throw new Error(message, { cause });
  }
  write(TOKENS, {
    accessToken: body.access_token,
    refreshToken: body.refresh_token ?? null,
    clientId: form.client_id,
    expiresAt: Date.now() + body.expires_in * 1000,
  });
}

function post(address, form) {
  // The public client has no secret, and the session cookie is no business of this request.
  return fetch(address, {
    method: 'POST',
    credentials: 'omit',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(form),
  });
}

function randomText() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, '');
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

function write(key, value) {
  sessionStorage.setItem(key, JSON.stringify(value));
}
