import fc from 'fast-check';
import type { AccessChange } from './access-change';
import { AccessKnowledge, type Load, SLOWEST_PROOF_MS } from './access-knowledge';
import { LiveAccess } from './live-access';
import { SEED } from '../../../test/fuzz/seed';
import {
  Simulation,
  type Step,
  steps,
  type Variant,
} from '../../../test/support/processes/access-simulation';

/** The protocol as it is, and with one safeguard taken out. */
const MUTANTS: Record<string, Partial<Variant>> = {
  'begins anew without forgetting': {
    Knowledge: class extends AccessKnowledge {
      protected override beginAnew(): void {
        this.endEpoch();
      }
    },
  },
  'keeps loads that began while it was disconnected': {
    Knowledge: class extends AccessKnowledge {
      protected override endEpoch(): void {
        // nothing ends
      }
    },
  },
  'keeps loads that a change has outdated': {
    Knowledge: class extends AccessKnowledge {
      protected override markOutdated(): void {
        // nothing is marked
      }
    },
  },
  'counts late proofs': {
    Knowledge: class extends AccessKnowledge {
      protected override isLate(): boolean {
        return false;
      }
    },
  },
  'counts proofs that the monotonic clock slept through': {
    Knowledge: class extends AccessKnowledge {
      protected override isLate(sent: { monotonic: number }): boolean {
        return this.clock.monotonic() - sent.monotonic > SLOWEST_PROOF_MS;
      }
    },
  },
  'goes by the monotonic clock alone': {
    Knowledge: class extends AccessKnowledge {
      protected override isBefore(end: { monotonic: number }): boolean {
        return this.clock.monotonic() < end.monotonic;
      }
    },
  },
  'trusts without an end once it was proved': {
    Knowledge: class extends AccessKnowledge {
      private proved = false;

      override prove(sent: { monotonic: number; wall: number }): boolean {
        const counted = super.prove(sent);
        this.proved ||= counted;
        return counted;
      }

      override isTrusted(): boolean {
        return this.proved;
      }
    },
  },
  'goes on trusting when the connection ends': {
    Knowledge: class extends AccessKnowledge {
      override lose(): void {
        // as if nothing had happened
      }
    },
  },
  'does not forget what a notification is about': {
    Knowledge: class extends AccessKnowledge {
      override receive(): void {
        // received, and ignored
      }
    },
  },
  'does not forget the session that a notification is about': {
    Knowledge: class extends AccessKnowledge {
      override receive(change: AccessChange): void {
        super.receive({ ...change, sessions: [] });
      }
    },
  },
  'does not forget the client that a notification is about': {
    Knowledge: class extends AccessKnowledge {
      override receive(change: AccessChange): void {
        super.receive({ ...change, clients: [] });
      }
    },
  },
  'lets the lease run from when the proof came back': { leaseRunsFromReceipt: true },
  'joins loads that a change has outdated': {
    Access: class extends LiveAccess {
      protected override mayJoin(_load: Load): boolean {
        return true;
      }
    },
  },
  'joins loads that began before it was disconnected': {
    Access: class extends LiveAccess {
      protected override mayJoin(load: Load): boolean {
        return !load.outdated;
      }
    },
  },
  'shares and keeps loads while it is disconnected': {
    Access: class extends LiveAccess {
      protected override mayShare(): boolean {
        return true;
      }
    },
  },
};

/** Seeds that find a mutant early; another seed finds it later. */
const SEEDS: Record<string, number> = {
  'keeps loads that began while it was disconnected': 1,
  'keeps loads that a change has outdated': 5,
  'joins loads that a change has outdated': 7,
  'joins loads that began before it was disconnected': 10,
};
const OTHER_SEED = 4;

/** Most mutants are found in some thousands. `FUZZ_SEED` with another number explores other orders. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 10_000);

async function check(variant: Partial<Variant>, options: { seed: number; numRuns: number }) {
  const property = fc.asyncProperty(steps, async (sequence: Step[]) => {
    const simulation = new Simulation(variant);
    for (const step of sequence) await simulation.take(step);
    expect(simulation.staleAnswers).toEqual([]);
  });
  return fc.check(property, options);
}

describe('the protocol of live access', () => {
  it('never judges a request by an old state, in any explored order', async () => {
    const outcome = await check({}, { numRuns: RUNS, seed: SEED });
    if (outcome.failed) throw new Error(fc.defaultReportMessage(outcome) ?? 'failed');
    expect(outcome.numRuns).toBe(RUNS);
  });

  it('answers from memory in the explored orders, so that the property is about something', async () => {
    let fromMemory = 0;
    const property = fc.asyncProperty(steps, async (sequence) => {
      const simulation = new Simulation({});
      for (const step of sequence) await simulation.take(step);
      fromMemory += simulation.answersFromMemory;
    });
    await fc.assert(property, { numRuns: 400, seed: OTHER_SEED });
    expect(fromMemory).toBeGreaterThan(300);
  });

  it.each(Object.entries(MUTANTS))('finds a stale answer when it %s', async (name, mutant) => {
    const seed = SEEDS[name] ?? OTHER_SEED;
    const outcome = await check(mutant, { numRuns: 30_000, seed });
    expect(outcome.failed).toBe(true);
  });
});
