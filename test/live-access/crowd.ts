import { setTimeout as pause } from 'node:timers/promises';
import { makePerson, type Stage, visit } from './stage';

/** Load by other users: some requests in each few milliseconds. */
export class Crowd {
  requests = 0;
  private readonly leaving = new AbortController();
  private members: Promise<void>[] = [];

  static async in(stage: Stage, { size }: { size: number }): Promise<Crowd> {
    const crowd = new Crowd();
    for (let index = 0; index < size; index += 1) {
      const { accessToken } = await makePerson(stage);
      crowd.members.push(crowd.wander(stage, { accessToken, index }));
    }
    return crowd;
  }

  async leave(): Promise<void> {
    this.leaving.abort();
    await Promise.all(this.members);
  }

  private async wander(
    { replicas }: Stage,
    { accessToken, index }: { accessToken: string; index: number },
  ): Promise<void> {
    for (let count = index; !this.leaving.signal.aborted; count += 1) {
      const url = `${replicas[count % replicas.length]}/api/v1/users/me`;
      await visit(url, { bearer: accessToken }).catch(() => {});
      this.requests += 1;
      await pause(10);
    }
  }
}
