import type { AccessKnowledge, Load } from './access-knowledge';
import { type AccessState, type AccessSubject, mustReload } from './access-state';

/** Reads the state of a subject from the database; `null`: a part of it does not exist. */
export type LoadState = (subject: AccessSubject) => Promise<AccessState | null>;

interface SharedLoad {
  load: Load;
  answer: Promise<AccessState | null>;
}

/**
 * The state of a subject: from memory while proofs show that changes arrive, else from the
 * database (docs/security/live-access.md).
 */
export class LiveAccess {
  private readonly shared = new Map<string, SharedLoad>();

  constructor(
    protected readonly knowledge: AccessKnowledge,
    private readonly loadState: LoadState,
  ) {}

  async stateOf(subject: AccessSubject): Promise<AccessState | null> {
    if (!this.mayShare()) return this.loadState(subject);
    return this.findKnown(subject) ?? this.loadOnce(subject);
  }

  /** The state in memory, without a promise; `null`: call {@link stateOf}. */
  findKnown(subject: AccessSubject): AccessState | null {
    if (!this.mayShare()) return null;
    const known = this.knowledge.find(subject);
    if (!known?.session) return known;
    const { wall: now } = this.knowledge.now();
    return mustReload(known.session, { ...subject, now }) ? null : known;
  }

  /** Requests for one subject share a load whose result is not outdated. */
  private loadOnce(subject: AccessSubject): Promise<AccessState | null> {
    const key = JSON.stringify([subject.sessionId, subject.userId, subject.clientId]);
    const current = this.shared.get(key);
    if (current && this.mayJoin(current.load)) return current.answer;
    const load = this.knowledge.beginLoad(subject);
    const answer = this.finish(key, load);
    this.shared.set(key, { load, answer });
    return answer;
  }

  private async finish(key: string, load: Load): Promise<AccessState | null> {
    let state: AccessState | null = null;
    try {
      state = await this.loadState(load.subject);
      return state;
    } finally {
      this.knowledge.endLoad(load, state);
      if (this.shared.get(key)?.load === load) this.shared.delete(key);
    }
  }

  /** Safeguard: without a valid proof, each request has its own query. */
  protected mayShare(): boolean {
    return this.knowledge.isTrusted();
  }

  /**
   * Safeguard: a load before a change, or before notifications arrive, answers only the calls that
   * were made before that.
   */
  protected mayJoin(load: Load): boolean {
    return this.knowledge.mayKeep(load);
  }
}
