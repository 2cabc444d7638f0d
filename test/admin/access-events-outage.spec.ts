import { BreakableReplica } from '../live-access/breakable-replica';
import { eventually } from '../support/eventually';

let replica: BreakableReplica;

beforeAll(async () => {
  replica = await BreakableReplica.start();
});
afterAll(() => replica.stop());

const WAITS = ': the database does not answer';

const asAdmin = () => ({ authorization: `Bearer ${replica.fixture.admin.accessToken}` });

/** What a reader of the stream receives, comments included. */
async function follow() {
  const end = new AbortController();
  const { status, body } = await fetch(`${replica.url}/api/v1/access-events`, {
    headers: { accept: 'text/event-stream', ...asAdmin() },
    signal: end.signal,
  });
  expect(status).toBe(200);
  const stream = { text: '', close: () => end.abort() };
  const read = async () => {
    for await (const text of body!.pipeThrough(new TextDecoderStream())) stream.text += text;
  };
  void read().catch(() => {});
  return stream;
}

it('readers have all events again as soon as the database answers', async () => {
  const stream = await follow();
  // The first is of the reader's own query, the second of the query for all readers.
  await eventually(() => expect(stream.text).toMatch(/event: current[^]*event: current/));
  replica.connections.pool.blackHole();
  await eventually(() => expect(stream.text).toContain(WAITS));
  await replica.connections.pool.restore();
  await eventually(async () => {
    const answer = await fetch(`${replica.url}/api/v1/admin/stats`, { headers: asAdmin() });
    expect(answer.status).toBe(200);
  });
  const { length } = stream.text;
  await eventually(() => expect(stream.text.slice(length)).toContain('event: current'));
  // One more: of a query that was sent before the database answered.
  expect(stream.text.slice(length).split(WAITS).length - 1).toBeLessThan(2);
  stream.close();
});
