import { setTimeout as pause } from 'node:timers/promises';
import { type AccessFixture, makePerson, visit } from './access-fixture';

/** Load by other users: some requests in each ten milliseconds. */
export class BackgroundLoad {
  requests = 0;
  private readonly stopping = new AbortController();
  private loops: Promise<void>[] = [];

  static async start(fixture: AccessFixture, { size }: { size: number }): Promise<BackgroundLoad> {
    const load = new BackgroundLoad();
    for (let index = 0; index < size; index += 1) {
      const { accessToken } = await makePerson(fixture);
      load.loops.push(load.send(fixture, { accessToken, index }));
    }
    return load;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  private async send(
    { replicas }: AccessFixture,
    { accessToken, index }: { accessToken: string; index: number },
  ): Promise<void> {
    for (let count = index; !this.stopping.signal.aborted; count += 1) {
      const url = `${replicas[count % replicas.length]}/api/v1/users/me`;
      await visit(url, { bearer: accessToken }).catch(() => {});
      this.requests += 1;
      await pause(25);
    }
  }
}
