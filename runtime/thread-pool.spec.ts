import { toThreads } from './thread-pool';

describe('the threads of password hashes', () => {
  it.each([
    [1, undefined, { hashes: 1, pool: 4 }],
    [2, undefined, { hashes: 2, pool: 4 }],
    [4, undefined, { hashes: 4, pool: 5 }],
    [8, undefined, { hashes: 8, pool: 9 }],
    [64, undefined, { hashes: 8, pool: 9 }],
    [8, '4', { hashes: 3, pool: 4 }],
    [8, '1', { hashes: 1, pool: 1 }],
    [2, '16', { hashes: 2, pool: 16 }],
    [2, 'many', { hashes: 2, pool: 4 }],
  ])('are, for %d cores and UV_THREADPOOL_SIZE %s, %o', (cores, given, threads) => {
    expect(toThreads(cores, given)).toEqual(threads);
  });
});
