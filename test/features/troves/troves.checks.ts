import { createHmac } from 'node:crypto';
import { eventually } from '../../support/eventually';
import { expectProblem } from '../../support/problems';
import { type SignedInUser, System } from '../../support/system';

const TROVES = '/api/v1/users/me/troves';
const PAYMENTS = '/api/v1/troves/payments';

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.stop());

describe('a stream of events', () => {
  it('brings what its user adds, and ends after a ban', async () => {
    const ada = await system.asUser();
    const reader = await follow(ada);
    await add(ada, 'example');
    await eventually(() => expect(reader.text).toContain('event: trove-added\ndata: {"id":'));
    const others = await follow(await system.asUser());
    await system.query('UPDATE "user" SET banned = true WHERE id = $1', [ada.id]);
    await reader.ended;
    expect(others.hasEnded).toBe(false);
  });

  it('ends with its session, and gets no more than 50 for one user', async () => {
    const ada = await system.asUser();
    const readers = await Promise.all(Array.from({ length: 50 }, () => follow(ada)));
    const answer = await ada.caller.get(`${TROVES}/changes`, { accept: 'text/event-stream' });
    expectProblem(answer, 'too_many_requests');
    await system.query('DELETE FROM session WHERE user_id = $1', [ada.id]);
    await Promise.all(readers.map(({ ended }) => ended));
  });

  it('ends at once for a request that does not stay open', async () => {
    const { caller } = await system.asUser();
    expect((await caller.get(`${TROVES}/changes`)).body).toBe(':\n\n');
    expect((await caller.call('HEAD', `${TROVES}/changes`)).status).toBe(200);
  });
});

describe('an upload', () => {
  it('is refused over its limit, by another type, and before a stranger sends it', async () => {
    const ada = await system.asUser();
    expect(await add(ada, 'x'.repeat(1_000_000))).toMatchObject({ status: 201 });
    expectProblem(await add(ada, 'x'.repeat(1_000_001)), 'body_too_large');
    const json = await ada.caller.post(TROVES, { size: 7 });
    expectProblem(json, 'unsupported_media_type');
    expectProblem(await add({ caller: system.asAnonymous() }, 'example'), 'missing_token');
  });
});

describe('a webhook', () => {
  it('is accepted with the signature over its bytes alone', async () => {
    const body = '{ "eventId":"e1",  "more": 1 }';
    const signature = createHmac('sha256', 'secret of the test').update(body).digest('hex');
    const post = (text: string) =>
      system.asAnonymous().call('POST', PAYMENTS, {
        body: text,
        headers: { 'content-type': 'application/json', 'x-signature': signature },
      });
    expect((await post(body)).status).toBe(204);
    expectProblem(await post(body.replace('  ', ' ')), 'forbidden');
  });
});

function add({ caller }: Pick<SignedInUser, 'caller'>, body: string) {
  const headers = { 'content-type': 'application/octet-stream' };
  return caller.call('POST', TROVES, { body, headers });
}

async function follow({ caller, accessToken }: SignedInUser) {
  const response = await fetch(`${caller.baseUrl}${TROVES}/changes`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${accessToken}` },
  });
  const reader = { text: '', hasEnded: false, ended: Promise.resolve() };
  reader.ended = read(response, reader);
  await eventually(() => expect(reader.text).toMatch(/^:\n\n/));
  return reader;
}

async function read({ body }: Response, reader: { text: string; hasEnded: boolean }) {
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) reader.text += chunk;
  reader.hasEnded = true;
}
