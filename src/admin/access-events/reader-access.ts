import { Injectable } from '@nestjs/common';
import type { EventReader } from './event-reader';
import { JwtAuthGuard } from '../../auth/jwt-auth.guard';
import { assertScope } from '../../auth/scopes.guard';
import type { Principal } from '../../auth/principal/principal';
import { Problem } from '../../common/problems/problem';

/** Checks the access of readers again: it can end while they read. */
@Injectable()
export class ReaderAccess {
  constructor(private readonly guard: JwtAuthGuard) {}

  /** @throws {Problem} when it cannot be checked, for example without a database. */
  async findEnded(readers: Iterable<EventReader>): Promise<EventReader[]> {
    const byToken = Map.groupBy(readers, ({ request }) => request.headers.authorization);
    const ended = await Promise.all(
      [...byToken.values()].map(async (group) => ((await this.isInForce(group[0]!)) ? [] : group)),
    );
    return ended.flat();
  }

  private async isInForce({ request }: EventReader): Promise<boolean> {
    try {
      const principal = await this.guard.admitAgain(request);
      return principal !== null && mayRead(principal);
    } catch (error) {
      if (error instanceof Problem && error.code !== 'database_unavailable') return false;
      throw error;
    }
  }
}

function mayRead(principal: Principal): boolean {
  assertScope(principal, 'access-events:read');
  return principal.kind === 'client' || principal.role === 'admin';
}
