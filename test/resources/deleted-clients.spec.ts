import { Client } from 'pg';
import { ResourceFixture, RESOURCES } from './resource-fixture';
import type { OAuthStage } from '../oauth/stage';
import { ClientKeyPair } from '../support/client/client-keys';
import { expectProblem } from '../support/problems';
import { sendDuring } from '../support/servers/open-transaction';

const CLIENTS = '/api/v1/admin/clients';

let fixture: ResourceFixture;
let stage: OAuthStage;
/** A connection of another writer. */
let writer: Client;

beforeAll(async () => {
  fixture = await ResourceFixture.start();
  ({ stage } = fixture);
  writer = new Client(stage.system.database.url);
  await writer.connect();
});

/** Of a test that has failed in a transaction. */
afterEach(() => writer.query('ROLLBACK'));

afterAll(async () => {
  await writer.end();
  await stage.system.stop();
});

async function sendDuringDeletion<T>(clientId: string, send: () => Promise<T>): Promise<T> {
  const answers = await sendDuring({
    writer,
    sql: 'DELETE FROM oauth_client WHERE client_id = $1',
    values: [clientId],
    requests: [send],
  });
  return answers[0]!;
}

describe('a client that is deleted meanwhile', () => {
  it('has no new secret', async () => {
    const { clientId } = await stage.register({ type: 'machine' });
    const send = () => stage.clients.post(`${CLIENTS}/${clientId}/secret`);
    expectProblem(await sendDuringDeletion(clientId, send), 'not_found');
  });

  it('has no new keys', async () => {
    const { jwks } = await ClientKeyPair.make();
    const { clientId } = await stage.register({ type: 'machine', jwks });
    const send = () => stage.clients.put(`${CLIENTS}/${clientId}/keys`, jwks);
    expectProblem(await sendDuringDeletion(clientId, send), 'not_found');
  });

  it('is not the client of a new resource', async () => {
    const { clientId } = await stage.register({ type: 'machine' });
    const body = {
      identifier: 'https://late.example.com',
      name: 'Late',
      scopes: [{ name: 'late:read', description: 'see it' }],
      clients: [clientId],
    };
    const answer = await sendDuringDeletion(clientId, () => fixture.create(body));
    expectProblem(answer, 'validation_failed');
    expect((await fixture.create({ ...body, clients: [] })).status).toBe(201);
  });

  it('does not become the client of a resource', async () => {
    const { id } = await fixture.open('orders');
    const { clientId } = await stage.register({ type: 'machine' });
    const send = () => stage.clients.patch(`${RESOURCES}/${id}`, { clients: [clientId] });
    expectProblem(await sendDuringDeletion(clientId, send), 'validation_failed');
  });
});
