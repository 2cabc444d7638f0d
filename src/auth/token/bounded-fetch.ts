/** What a fetch of JSON may take. */
export interface FetchBounds {
  /** Longest time for the whole, in milliseconds. */
  timeoutMs: number;
  /** Largest body, in bytes. */
  largestBody: number;
  /** Gives the fetch up early. */
  signal: AbortSignal;
}

/**
 * Fetches JSON from a URL of the settings, with limits: no redirect, only status 200, a size limit
 * while reading, a time limit for the whole call, no stored answer of a cache. @throws {Error} in
 * all other cases.
 */
export async function fetchJsonWithin(url: string, bounds: FetchBounds): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json', 'cache-control': 'no-cache' },
    signal: AbortSignal.any([bounds.signal, AbortSignal.timeout(bounds.timeoutMs)]),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  return JSON.parse(await readText(response, bounds.largestBody));
}

async function readText(response: Response, largestBody: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  const chunks = (response.body ?? []) as AsyncIterable<Uint8Array>;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > largestBody) throw new Error(`more than ${largestBody} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
