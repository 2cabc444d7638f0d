import { loadNatively } from './load';

type Worker = typeof import('./worker-global');

const { workerGlobal } = loadNatively('test/support/native/worker-global') as Worker;

/** Replaces `fetch` for the test and for the applications in its process. */
export function replaceFetch(fetch: typeof globalThis.fetch): void {
  globalThis.fetch = fetch;
  workerGlobal.fetch = fetch;
}
