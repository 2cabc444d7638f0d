import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { IDLE_LIMIT_MS } from '../../runtime/http/request-limits';
import { createLogger } from '../../runtime/logger';
import { createApi } from '../support/native/api';
import { loadNatively } from '../support/native/load';
import { eventually } from '../support/eventually';
import { type ExtraReplica, listenAsReplica } from '../support/processes/extra-replica';
import { settingsAs } from '../support/servers/database-logins';
import { type SignedInUser, System } from '../support/system';

const { addTicks, ticks } = loadNatively('test/features/ticks') as typeof import('./ticks');

/** In place of {@link IDLE_LIMIT_MS}. */
const SHORT_LIMIT_MS = 2_000;

let system: System;
let replica: ExtraReplica;
let streams: Awaited<ReturnType<typeof addTicks>>;

beforeAll(async () => {
  system = await System.start();
  const app = await createApi(settingsAs('api', system.settings), createLogger('api', 'silent'));
  streams = await addTicks(app);
  replica = await listenAsReplica(app);
});

afterAll(async () => {
  jest.restoreAllMocks();
  await replica.app.close();
  await system.stop();
});

/** It reads only after `resume()`. */
async function follow({ accessToken }: SignedInUser): Promise<Socket> {
  const socket = connect(Number(new URL(replica.url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  const headers = `Accept: text/event-stream\r\nAuthorization: Bearer ${accessToken}`;
  socket.write(`GET /api/v1/ticks HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n`);
  return socket;
}

describe('a stream of events', () => {
  it('ends when its client takes nothing, also after the end of the access', async () => {
    const { setTimeout: original } = Socket.prototype;
    jest.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function (
      this: Socket,
      ms,
      then,
    ) {
      return original.call(this, ms === IDLE_LIMIT_MS ? SHORT_LIMIT_MS : ms, then);
    });
    const quiet = await system.asUser();
    ticks.quietUser = quiet.id;
    const idle = (await follow(quiet)).resume();
    const ada = await system.asUser();
    const readers = [await follow(await system.asUser()), await follow(ada)];
    await eventually(() => expect(streams.open.size).toBe(3));
    // The connections take some megabytes.
    await eventually(() => expect(performance.now() - ticks.sentAt).toBeGreaterThan(200));
    await system.query('DELETE FROM session WHERE user_id = $1', [ada.id]);
    await eventually(() => expect(streams.open.size).toBe(1));
    expect(idle.closed).toBe(false);
    for (const reader of [...readers, idle]) reader.destroy();
    await eventually(() => expect(streams.open.size).toBe(0));
  });

  it('ends by the notification, without the look of each second', async () => {
    clearInterval(streams.timer);
    const ada = await system.asUser();
    const reader = (await follow(ada)).resume();
    await eventually(() => expect(streams.open.size).toBe(1));
    await system.query('DELETE FROM session WHERE user_id = $1', [ada.id]);
    await eventually(() => expect(streams.open.size).toBe(0));
    reader.destroy();
  });
});
