import { Client } from 'pg';
import { Receiver } from './receiver';
import { OAuthStage } from '../oauth/stage';
import { sendDuring } from '../support/servers/open-transaction';

let stage: OAuthStage;
let receiver: Receiver;
/** A connection of another writer. */
let writer: Client;

beforeAll(async () => {
  stage = await OAuthStage.start();
  writer = new Client(stage.system.database.url);
  await writer.connect();
});

beforeEach(async () => {
  receiver = await Receiver.on(stage);
});

/** Of a test that has failed in a transaction. */
afterEach(() => writer.query('ROLLBACK'));

afterAll(async () => {
  await writer.end();
  await stage.system.stop();
});

const countOf = async (streamId: string, action: string) => {
  const sql = 'SELECT FROM audit_event WHERE subject_id = $1 AND action = $2';
  return (await stage.system.query(sql, [streamId, action])).length;
};

describe('a stream', () => {
  it('is not created for a client that is deleted meanwhile', async () => {
    const answers = await sendDuring({
      writer,
      sql: 'DELETE FROM oauth_client WHERE client_id = $1',
      values: [receiver.client.clientId],
      requests: [() => receiver.call('POST', '/stream', {})],
    });
    expect(answers).toMatchObject([{ status: 401 }]);
  });

  it.each<[string, string, (id: string) => object]>([
    ['status', '/status', (id) => ({ stream_id: id, status: 'paused' })],
    ['verification', '/verify', (id) => ({ stream_id: id })],
    [
      'removed subject',
      '/subjects/remove',
      (id) => ({
        stream_id: id,
        subject: { format: 'iss_sub', iss: stage.issuer, sub: stage.admin.id },
      }),
    ],
  ])('that is deleted meanwhile has no new %s', async (_title, path, bodyOf) => {
    const id = await receiver.createStream();
    const answers = await sendDuring({
      writer,
      sql: 'DELETE FROM event_stream WHERE id = $1',
      values: [id],
      requests: [() => receiver.call('POST', path, bodyOf(id))],
    });
    expect(answers).toMatchObject([{ status: 404 }]);
    expect(await countOf(id, 'stream.updated')).toBe(0);
  });

  it('is deleted once by two requests', async () => {
    const id = await receiver.createStream();
    const remove = () => receiver.call('DELETE', `/stream?stream_id=${id}`);
    const answers = await sendDuring({
      writer,
      sql: 'SELECT FROM event_stream WHERE id = $1 FOR UPDATE',
      values: [id],
      requests: [remove, remove],
    });
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 404]);
    expect(await countOf(id, 'stream.deleted')).toBe(1);
  });
});
