import { describeEvent, readEvents, visit, type Visited } from './ledger';
import { SoftwareAuthenticator } from '../passkeys/software-authenticator';
import { PASSWORD, type SignedInUser, System } from '../support/system';

let system: System;
let ann: SignedInUser;
let device: SoftwareAuthenticator;
let cookie: string;

beforeAll(async () => {
  system = await System.start();
  ann = await system.asUser();
  device = new SoftwareAuthenticator(system.settings.authUrl);
  cookie = cookiesOf(await post('/sign-in/email', { email: ann.email, password: PASSWORD }));
});

afterAll(() => system.stop());

const urlOf = (path: string) => `${system.settings.authUrl}/api/auth${path}`;

const post = (path: string, body: object, cookies = cookie) =>
  visit({ url: urlOf(path), body, cookie: cookies });

function cookiesOf({ headers }: Visited): string {
  return headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

/** Runs a ceremony with the software authenticator. */
async function perform(kind: 'registration' | 'authentication', by = device): Promise<Visited> {
  const isNew = kind === 'registration';
  const path = `/passkey/generate-${isNew ? 'register' : 'authenticate'}-options`;
  const own = isNew ? cookie : '';
  const options = await visit({ method: 'GET', url: urlOf(path), cookie: own });
  const challenge = options.body as never;
  const response = isNew ? by.create(challenge) : by.get(challenge);
  const cookies = [own, cookiesOf(options)].filter(Boolean).join('; ');
  return post(`/passkey/verify-${kind}`, { response, name: 'My key' }, cookies);
}

async function eventsOf({ requestId }: Visited): Promise<string[]> {
  const events = await readEvents(system, requestId);
  return events.map((event) => describeEvent(event, { [ann.id]: 'Ann' }));
}

it('a passkey is recorded when it is added, renamed, used and removed', async () => {
  const added = await perform('registration');
  await expect(eventsOf(added)).resolves.toEqual(['passkey.added by Ann about Ann']);
  const { id } = added.body as { id: string };
  const renamed = await post('/passkey/update-passkey', { id, name: 'Another name' });
  await expect(eventsOf(renamed)).resolves.toEqual(['passkey.updated by Ann about Ann']);
  for (const name of ['x'.repeat(201), 'a\u0007b']) {
    const refused = await post('/passkey/update-passkey', { id, name });
    expect([refused.status, await eventsOf(refused)]).toEqual([400, []]);
  }
  const used = await perform('authentication');
  await expect(eventsOf(used)).resolves.toEqual(['user.signed_in by Ann about Ann']);
  const [event] = await readEvents(system, used.requestId);
  expect(event!.detail).toMatchObject({ method: 'passkey' });
  const removed = await post('/passkey/delete-passkey', { id });
  await expect(eventsOf(removed)).resolves.toEqual(['passkey.removed by Ann about Ann']);
});

it('a passkey of a banned user is recorded as a failed sign-in of the user', async () => {
  await perform('registration');
  await system.query('UPDATE "user" SET banned = true WHERE id = $1', [ann.id]);
  const failed = await perform('authentication');
  await expect(eventsOf(failed)).resolves.toEqual([
    'failed user.sign_in_failed by anonymous about Ann',
  ]);
});

it('an unknown passkey is recorded as a failed sign-in', async () => {
  const stranger = new SoftwareAuthenticator(system.settings.authUrl);
  const failed = await perform('authentication', stranger);
  await expect(eventsOf(failed)).resolves.toEqual([
    'failed user.sign_in_failed by anonymous about nobody',
  ]);
});
