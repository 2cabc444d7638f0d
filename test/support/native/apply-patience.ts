import { loadNatively } from './load';

type Patience = typeof import('./patience');

/** For applications that a test starts without a launcher. */
export function applyPatience(): void {
  const { patience } = loadNatively('test/support/native/patience') as Patience;
  patience.apply();
}
