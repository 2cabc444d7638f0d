import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  ACCESS_CHANNEL,
  type AccessChange,
  EVENT_CHANNEL,
  parseAccessChange,
} from './access-change';
import type { AccessKnowledge, Instant } from './access-knowledge';
import type { ProofSender } from './proof-sender';
import { toReason } from '../../../runtime/fault-state';

/** The longest wait for a connection. An available server answers much sooner. */
const CONNECT_LIMIT_MS = 2_000;

/** The shortest and the longest pause between attempts to listen again. */
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** The number of proofs in one lease: three may be lost before the lease ends. */
const PROOFS_PER_LEASE = 4;

/** The longest wait for one catch-up; a shorter lease is the limit. */
const CATCH_UP_LIMIT_MS = 1_000;

/** The outcome of a proof: accepted, returned too late, not returned, or an error text. */
type Outcome = 'proved' | 'notifications are late' | 'lost' | (string & {});

export interface AccessListenerOptions {
  /** A direct connection: LISTEN does not work through a pooler in transaction mode. */
  databaseDirectUrl: string;
  leaseMs: number;
  knowledge: AccessKnowledge;
  sender: Pick<ProofSender, 'notify'>;
  /** The signing keys may have changed. */
  onKeysChanged: () => void;
  /** A change of access has arrived, and the knowledge has received it. */
  onChange: (change: AccessChange) => void;
  /** Access events were committed. */
  onEvents: () => void;
  /** A proof has returned: the time from its statement to its notification. */
  onReturned: (milliseconds: number) => void;
  /** Notifications arrive, as a proof has shown; called for each proof. */
  onConnected: () => void;
  /** The reason why notifications do not arrive; called for each failure. */
  onDisconnected: (reason: string) => void;
}

/**
 * Receives changes of access on a connection of its own, and proves with a second connection that
 * they arrive (docs/security/live-access.md, "Proof that notifications arrive"). It reconnects
 * until it is stopped.
 */
export class AccessListener {
  /** The channel of the proofs of this replica. */
  private readonly proofChannel = `gatehouse_proof_${randomBytes(8).toString('hex')}`;
  private readonly stopping = new AbortController();
  /** The callback for a returned proof, by its number; `null` without a connection. */
  private proofs: Map<string, () => void> | null = null;
  private proofsSent = 0;
  /** Proofs whose statement has not ended. */
  private proofsUnderWay = 0;
  private catchingUp: Promise<void> | null = null;
  private nextCatchUp: Promise<void> | null = null;
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
   * Waits until every committed change has arrived, so that the next request of a caller sees the
   * change that this response reports. Calls during a running catch-up share the next one, so the
   * wait is at most two limits. After its limit the replica trusts nothing that it knows: it queries
   * the database for each request until a proof returns.
   */
  catchUp(): Promise<void> {
    if (!this.options.knowledge.isTrusted()) return Promise.resolve();
    this.nextCatchUp ??= this.catchUpAfter(this.catchingUp ?? Promise.resolve());
    return this.nextCatchUp;
  }

  private async catchUpAfter(earlier: Promise<void>): Promise<void> {
    const { knowledge, leaseMs } = this.options;
    await earlier;
    this.catchingUp = this.nextCatchUp;
    this.nextCatchUp = null;
    if (!knowledge.isTrusted()) return;
    const outcome = await this.prove(Math.min(leaseMs, CATCH_UP_LIMIT_MS));
    if (outcome === 'proved' || outcome === 'notifications are late') return;
    knowledge.lose();
    this.options.onDisconnected(`a change has not arrived: ${outcome}`);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const reason = await this.receiveOnce();
      if (signal.aborted) return;
      this.options.onDisconnected(reason);
      await sleep(this.pause, undefined, { signal }).catch(() => {});
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Listens on one connection until it fails. @returns the reason. */
  private async receiveOnce(): Promise<string> {
    const end = new AbortController();
    const stop = () => end.abort(new Error('the replica stops'));
    this.stopping.signal.addEventListener('abort', stop, { once: true });
    try {
      const listening = this.listen(end);
      await Promise.race([listening, aborted(end.signal)]);
      await this.keepProving(end);
      return toReason(end.signal.reason);
    } catch (error) {
      end.abort(error);
      return `cannot listen: ${toReason(error)}`;
    } finally {
      this.stopping.signal.removeEventListener('abort', stop);
    }
  }

  /** @param end is aborted when the connection ends, and ends it when it is aborted. */
  private async listen(end: AbortController): Promise<void> {
    const client = new Client({
      connectionString: this.options.databaseDirectUrl,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      // Only for LISTEN: no other data arrives on the connection afterwards.
      query_timeout: CONNECT_LIMIT_MS,
      keepAlive: true,
      application_name: 'gatehouse-access',
    });
    client.on('error', ({ message }) =>
      end.abort(new Error(`the listening connection failed: ${message}`)),
    );
    client.on('end', () => end.abort(new Error('the listening connection ended')));
    end.signal.addEventListener('abort', () => {
      // In the same turn: later data of this connection must not count.
      this.proofs = null;
      discard(client);
      this.options.knowledge.lose();
    });
    await client.connect();
    this.receive(client);
    await client.query(
      `LISTEN ${ACCESS_CHANNEL}; LISTEN ${EVENT_CHANNEL}; LISTEN ${this.proofChannel}`,
    );
  }

  private receive(client: Client): void {
    const proofs = new Map<string, () => void>();
    this.proofs = proofs;
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === this.proofChannel) {
        proofs.get(payload)?.();
        return;
      }
      if (channel === EVENT_CHANNEL) {
        this.options.onEvents();
        return;
      }
      const change = parseAccessChange(payload);
      this.options.knowledge.receive(change);
      if (change.keys) this.options.onKeysChanged();
      this.options.onChange(change);
    });
  }

  /** Sends proofs until the connection ends or too many proofs are lost. */
  private async keepProving(end: AbortController): Promise<void> {
    const { leaseMs } = this.options;
    const { signal } = end;
    while (!signal.aborted) {
      // More proofs do not help a connection that is blocked.
      if (this.proofsUnderWay < PROOFS_PER_LEASE) {
        void this.prove(leaseMs).then((outcome) => this.judgeProof(outcome, end));
      }
      await sleep(leaseMs / PROOFS_PER_LEASE, undefined, { signal }).catch(() => {});
    }
  }

  private judgeProof(outcome: Outcome, end: AbortController): void {
    if (end.signal.aborted) return;
    if (outcome === 'proved') {
      this.pause = SHORTEST_PAUSE_MS;
      this.options.onConnected();
      return;
    }
    if (this.options.knowledge.isTrusted()) return;
    if (outcome === 'lost') end.abort(new Error('a proof did not come back'));
    else this.options.onDisconnected(outcome);
  }

  /** Sends one proof and waits for it, up to the limit. */
  private prove(limitMs: number): Promise<Outcome> {
    const { proofs } = this;
    if (!proofs) return Promise.resolve('nothing is listening');
    const { knowledge } = this.options;
    const number = String((this.proofsSent += 1));
    const proof: { sent: Instant | null; isOut: boolean } = { sent: null, isOut: false };
    const onSend = () => {
      proof.sent = knowledge.now();
    };
    return new Promise<Outcome>((resolve) => {
      const late = () => resolve(proof.isOut ? 'lost' : 'a proof cannot be sent');
      const timer = setTimeout(late, limitMs).unref();
      // Checked in the turn in which it arrives, and so after every earlier notification.
      proofs.set(number, () => {
        clearTimeout(timer);
        if (proof.sent) this.options.onReturned(knowledge.now().monotonic - proof.sent.monotonic);
        resolve(proof.sent && knowledge.prove(proof.sent) ? 'proved' : 'notifications are late');
      });
      this.send(number, onSend).then(
        () => {
          proof.isOut = true;
        },
        (error: unknown) => {
          clearTimeout(timer);
          resolve(`a proof cannot be sent: ${toReason(error)}`);
        },
      );
    }).finally(() => proofs.delete(number));
  }

  private async send(number: string, onSend: () => void): Promise<void> {
    this.proofsUnderWay += 1;
    try {
      await this.options.sender.notify(this.proofChannel, number, onSend);
    } finally {
      this.proofsUnderWay -= 1;
    }
  }
}

/** Rejects, with the reason, when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Ends a connection that may be half-open, without waiting for the answer of the database. */
function discard(client: Client): void {
  client.removeAllListeners();
  client.on('error', () => {});
  void client.end().catch(() => {});
  // Not in the types: the socket below.
  (
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy();
}
