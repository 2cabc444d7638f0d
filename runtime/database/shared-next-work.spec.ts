import { connectionOwner, runInDatabaseScope, setConnectionOwner } from './database-scope';
import { sharedNextWork } from './shared-next-work';

it('a call during a running one gets the result of the next, as the others do', async () => {
  const ends: (() => void)[] = [];
  let state = 'before';
  const read = sharedNextWork(async () => {
    const result = state;
    await new Promise<void>((resolve) => ends.push(resolve));
    return result;
  });
  const first = read();
  await new Promise(setImmediate);
  state = 'after';
  const others = [read(), read()];
  ends[0]!();
  expect(await first).toBe('before');
  await new Promise(setImmediate);
  ends[1]!();
  expect(await Promise.all(others)).toEqual(['after', 'after']);
  expect(ends).toHaveLength(2);
});

it('a failure is that of its calls alone, and the work has no owner', async () => {
  let count = 0;
  const read = sharedNextWork(async () => {
    count += 1;
    if (count === 1) throw new Error('first');
    return connectionOwner();
  });
  const [first, second] = runInDatabaseScope(() => {
    setConnectionOwner('ada');
    const failing = read();
    return [failing, failing.catch(() => read())];
  });
  await expect(first).rejects.toThrow('first');
  expect(await second).toBeNull();
});

it('each caller waits for it in the time of the own request', async () => {
  const read = sharedNextWork(() => new Promise<never>(() => {}));
  const waiting = runInDatabaseScope(read, { limitMs: 20 });
  await expect(waiting).rejects.toThrow('The time of the request is over');
});
