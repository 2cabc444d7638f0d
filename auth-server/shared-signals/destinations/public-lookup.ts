import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from '../../../runtime/network/public-address';

/** For each name server. A delivery that fails is repeated. */
const LIMITS = { timeout: 2_000, tries: 1 };

/**
 * Resolves the name of a destination for one connection. Each address is checked, and the
 * connection uses the checked addresses: the name cannot change in between.
 * @param signal ends the look-up.
 */
export function lookupPublic(signal: AbortSignal): LookupFunction {
  const resolver = new Resolver(LIMITS);
  signal.addEventListener('abort', () => resolver.cancel(), { once: true });
  return (hostname, { all = false }, callback) => {
    findPublicAddresses(hostname, resolver).then(
      (addresses) => {
        const [{ address, family }] = addresses;
        if (all) callback(null, addresses);
        else callback(null, address, family);
      },
      (error: Error) => callback(error, '', 0),
    );
  };
}

/**
 * Asks the name servers without the thread pool. `dns.lookup` occupies a thread until it has an
 * answer: a few names without one would stop the look-up of all others, also of the database.
 * `/etc/hosts` is not read.
 * @throws {Error} when an address is not public, or without any.
 */
export async function findPublicAddresses(
  hostname: string,
  resolver: Resolver,
): Promise<[LookupAddress, ...LookupAddress[]]> {
  const answers = await Promise.allSettled([
    resolver.resolve4(hostname),
    resolver.resolve6(hostname),
  ]);
  const [first, ...others] = answers.flatMap((answer, index) => {
    const family = index === 0 ? 4 : 6;
    const found = answer.status === 'fulfilled' ? answer.value : [];
    return found.map((address): LookupAddress => ({ address, family }));
  });
  if (!first) throw new Error(`the name has no address: ${toCause(answers)}`);
  const addresses: [LookupAddress, ...LookupAddress[]] = [first, ...others];
  if (addresses.every(({ address }) => isPublicAddress(address))) return addresses;
  throw new Error('the destination is not public');
}

function toCause(answers: PromiseSettledResult<unknown>[]): string {
  const codes = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [(answer.reason as NodeJS.ErrnoException).code] : [],
  );
  return [...new Set(codes)].join(', ');
}
