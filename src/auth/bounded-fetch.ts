/** Longest that the auth server may take to hand out its keys. */
const TIMEOUT_MS = 3_000;

/** Largest JWKS that is read; a real one has a few kilobytes. */
const LARGEST_BODY = 256 * 1024;

/**
 * Fetches JSON from an address of our own settings, within bounds: no redirect, 200
 * alone, a size limit while reading, a time limit for the whole.
 *
 * @throws {Error} on anything else.
 */
export async function fetchJsonWithin(url: string): Promise<{ keys: never }> {
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  // Shaped by toVerificationKeys(), which takes nothing for granted.
  return JSON.parse(await readText(response)) as { keys: never };
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_BODY) throw new Error(`more than ${LARGEST_BODY} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
