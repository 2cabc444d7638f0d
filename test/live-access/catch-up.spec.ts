import { BreakableReplica } from './breakable-replica';
import { makePerson, type Person, visit } from './access-fixture';
import { sendRequest } from './request-series';

/** The promise is 5 s; a busy host adds its own delay. */
const ANSWER_LIMIT_MS = 20_000;

let replica: BreakableReplica;
let person: Person;

beforeAll(async () => {
  // Its longest value.
  replica = await BreakableReplica.start({ ACCESS_LEASE: '60s' });
});

beforeEach(async () => {
  await replica.untilLive();
  person = await makePerson(replica.fixture);
  // The replica knows the session.
  const { status } = await sendRequest(replica.url, person);
  if (status !== 200) throw new Error(`answers ${status}`);
});

afterAll(() => replica.stop());

/** Bans the person through the API. @returns the status of the answer. */
async function ban(): Promise<number> {
  const url = `${replica.url}/api/v1/admin/users/${person.id}/ban`;
  const bearer = replica.fixture.admin.accessToken;
  return (await visit(url, { method: 'PUT', bearer, body: {} })).status;
}

describe('a change through a replica that does not receive it', () => {
  it('is answered in time, and is effective on this replica then', async () => {
    replica.connections.listening.blackHole();
    const beganAt = performance.now();
    const statuses = await Promise.all([ban(), ban(), ban()]);
    const elapsed = performance.now() - beganAt;
    const { status } = await sendRequest(replica.url, person);
    await replica.connections.listening.restore({ giveUpOld: true });
    expect([...statuses, status]).toEqual([200, 200, 200, 401]);
    expect(elapsed).toBeLessThan(ANSWER_LIMIT_MS);
  });
});
