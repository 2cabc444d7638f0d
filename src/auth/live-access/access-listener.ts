import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ACCESS_CHANNEL, parseAccessChange } from './access-change';
import { type AccessKnowledge, type Instant, SLOWEST_PROOF_MS } from './access-knowledge';
import type { AccessStore } from './access-store';

/** Longest wait for a connection; a server that is there answers much sooner. */
const CONNECT_LIMIT_MS = 2_000;

/** Pauses between attempts to listen again grow between these. */
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** Proofs in one lease: three may be lost before trust is. */
const PROOFS_PER_LEASE = 4;

export interface AccessListenerOptions {
  /** A direct connection: LISTEN does not work through a pooler in transaction mode. */
  databaseDirectUrl: string;
  leaseMs: number;
  knowledge: AccessKnowledge;
  store: Pick<AccessStore, 'notify'>;
  /** The signing keys may have changed. */
  onKeysChanged: () => void;
  /** Changes are heard, as just proved; called at each proof. */
  onHearing: () => void;
  /** Why changes are not heard; called at each failure. */
  onDeaf: (reason: string) => void;
}

/**
 * Hears changes of access on one connection of its own and proves, over another, that it
 * does (docs/live-access.md, "Proof of hearing"). It never gives up.
 */
export class AccessListener {
  /** Proofs come back here; others listen for theirs elsewhere. */
  private readonly proofChannel = `gatehouse_proof_${randomBytes(8).toString('hex')}`;
  private readonly stopping = new AbortController();
  /** What a proof that comes back resolves, by its number; `null` while nothing is listening. */
  private proofs: Map<string, () => void> | null = null;
  private proofsSent = 0;
  private pause = SHORTEST_PAUSE_MS;
  private finished: Promise<void> = Promise.resolve();

  constructor(private readonly options: AccessListenerOptions) {}

  start(): void {
    this.finished = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }

  /**
   * Waits until everything that is committed by now has been heard, so that a caller who was
   * told that a change is made finds it made. Returns soon, also when nothing is heard.
   */
  async catchUp(): Promise<void> {
    if (!this.options.knowledge.isTrusted()) return;
    await this.proveOnce({ limitMs: SLOWEST_PROOF_MS, signal: this.stopping.signal });
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const reason = await this.hearOnce();
      this.options.knowledge.lose();
      if (signal.aborted) return;
      this.options.onDeaf(reason);
      await sleep(this.pause, undefined, { signal }).catch(() => {});
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Listens on one connection until it is of no use. @returns why. */
  private async hearOnce(): Promise<string> {
    const client = new Client({
      connectionString: this.options.databaseDirectUrl,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      // Only for LISTEN itself: the connection is silent from then on.
      query_timeout: CONNECT_LIMIT_MS,
      keepAlive: true,
      application_name: 'gatehouse-access',
    });
    const ended = new AbortController();
    let reason = 'the listening connection ended';
    client.on('error', (error) => {
      reason = `the listening connection failed: ${error.message}`;
      ended.abort();
    });
    client.on('end', () => ended.abort());
    const signal = AbortSignal.any([ended.signal, this.stopping.signal]);
    try {
      await client.connect();
      this.hear(client);
      await client.query(`LISTEN ${ACCESS_CHANNEL}; LISTEN ${this.proofChannel}`);
      return (await this.keepProving(signal)) ?? reason;
    } catch (error) {
      return `cannot listen: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      this.proofs = null;
      discard(client);
    }
  }

  private hear(client: Client): void {
    const proofs = new Map<string, () => void>();
    this.proofs = proofs;
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === this.proofChannel) {
        proofs.get(payload)?.();
        return;
      }
      const change = parseAccessChange(payload);
      this.options.knowledge.hear(change);
      if (change.keys) this.options.onKeysChanged();
    });
  }

  /** Proves again and again. @returns why it stopped; `null` when the connection ended. */
  private async keepProving(signal: AbortSignal): Promise<string | null> {
    const { leaseMs, knowledge, onHearing, onDeaf } = this.options;
    while (!signal.aborted) {
      const began = performance.now();
      const outcome = await this.proveOnce({ limitMs: leaseMs, signal });
      if (signal.aborted) return null;
      if (outcome === 'lost') return 'a proof did not come back';
      if (outcome === 'proved') {
        this.pause = SHORTEST_PAUSE_MS;
        onHearing();
      } else if (!knowledge.isTrusted()) {
        onDeaf(outcome);
      }
      const rest = leaseMs / PROOFS_PER_LEASE - (performance.now() - began);
      await sleep(Math.max(rest, 1), undefined, { signal }).catch(() => {});
    }
    return null;
  }

  /** @returns `proved`, `lost` when it did not come back within the limit, or what else is wrong. */
  private async proveOnce(options: { limitMs: number; signal: AbortSignal }): Promise<string> {
    const { knowledge, store } = this.options;
    const { proofs } = this;
    if (!proofs) return 'lost';
    const number = String((this.proofsSent += 1));
    let sent: Instant | null = null;
    const back = new Promise<string>((resolve) => {
      // Judged in the turn in which it is heard, and so behind every earlier notification.
      proofs.set(number, () => {
        resolve(sent && knowledge.prove(sent) ? 'proved' : 'notifications are late');
      });
    });
    try {
      await store.notify(this.proofChannel, number, () => {
        sent = knowledge.now();
      });
      return await Promise.race([back, lostAfter(options)]);
    } catch (error) {
      return `cannot send a proof: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      proofs.delete(number);
    }
  }
}

async function lostAfter(options: { limitMs: number; signal: AbortSignal }): Promise<string> {
  const { limitMs, signal } = options;
  await sleep(limitMs, undefined, { signal, ref: false }).catch(() => {});
  return 'lost';
}

/** Ends a connection that may be half-open: nobody waits for the other side's goodbye. */
function discard(client: Client): void {
  client.removeAllListeners();
  client.on('error', () => {});
  void client.end().catch(() => {});
  // Not in the types: the socket below.
  (
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy();
}
