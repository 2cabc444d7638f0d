import { TurnBatch } from './turn-batch';
import {
  recallFailure,
  rememberTimeLimit,
  runInDatabaseScope,
} from '../../../runtime/database/database-scope';

it('does not fail calls because of an earlier failure of the request that calls first', async () => {
  const batch = new TurnBatch(async (keys) => {
    const failure = recallFailure();
    if (failure) throw failure;
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  });
  const first = runInDatabaseScope(() => {
    rememberTimeLimit(new Error('an earlier statement'), false);
    return batch.load('a');
  });
  const second = runInDatabaseScope(() => batch.load('b'));
  expect(await Promise.all([first, second])).toEqual(['A', 'B']);
});
