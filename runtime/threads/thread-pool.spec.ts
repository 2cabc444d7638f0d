import { toThreads } from './thread-pool';

describe('the threads of password hashes', () => {
  it.each([
    [1, undefined, { hashes: 1, pool: 16 }],
    [2, undefined, { hashes: 2, pool: 16 }],
    [4, undefined, { hashes: 4, pool: 16 }],
    [8, undefined, { hashes: 8, pool: 18 }],
    [64, undefined, { hashes: 8, pool: 18 }],
    [8, '4', { hashes: 3, pool: 4 }],
    [8, '1', { hashes: 1, pool: 1 }],
    [2, '16', { hashes: 2, pool: 16 }],
    [2, 'many', { hashes: 2, pool: 16 }],
  ])('are, for %d cores and UV_THREADPOOL_SIZE %s, %o', (cores, given, threads) => {
    expect(toThreads(cores, given)).toEqual(threads);
  });
});
