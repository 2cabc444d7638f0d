import type { AccessKnowledge, Load } from './access-knowledge';
import type { AccessState } from './access-state';

/** Reads the state of a session from the database; `null`: there is no such session. */
export type LoadState = (sessionId: string) => Promise<AccessState | null>;

interface SharedLoad {
  load: Load;
  answer: Promise<AccessState | null>;
}

/**
 * The state of a session: from memory while changes are proved to be heard, else from the
 * database. See docs/live-access.md.
 */
export class LiveAccess {
  private readonly shared = new Map<string, SharedLoad>();

  constructor(
    protected readonly knowledge: AccessKnowledge,
    private readonly loadState: LoadState,
  ) {}

  /** @param userId whom the token says that the session belongs to. */
  async stateOf(sessionId: string, userId: string): Promise<AccessState | null> {
    const { knowledge } = this;
    if (!this.mayShare()) return this.loadState(sessionId);
    const known = knowledge.find(sessionId);
    // Extending a session is not announced: one that seems over is looked at again.
    if (known && known.session.expiresAt > knowledge.now().wall) return known;
    return this.loadOnce(sessionId, userId);
  }

  /** Requests for one session share a load, but never one whose answer may be old by now. */
  private loadOnce(sessionId: string, userId: string): Promise<AccessState | null> {
    const key = `${sessionId} ${userId}`;
    const current = this.shared.get(key);
    if (current && this.mayJoin(current.load)) return current.answer;
    const load = this.knowledge.beginLoad(sessionId, userId);
    const answer = this.finish(key, load);
    this.shared.set(key, { load, answer });
    return answer;
  }

  private async finish(key: string, load: Load): Promise<AccessState | null> {
    let state: AccessState | null = null;
    try {
      state = await this.loadState(load.sessionId);
      return state;
    } finally {
      this.knowledge.endLoad(load, state);
      if (this.shared.get(key)?.load === load) this.shared.delete(key);
    }
  }

  /** Safeguard: without proof of hearing, each request asks for itself. */
  protected mayShare(): boolean {
    return this.knowledge.isTrusted();
  }

  /**
   * Safeguard: a load that a change has overtaken, or that began before the replica was deaf,
   * answers those who asked before that and nobody else.
   */
  protected mayJoin(load: Load): boolean {
    return this.knowledge.mayKeep(load);
  }
}
