import { AsyncResource } from 'node:async_hooks';
import dns from 'node:dns';

/** When a packet of the first look-up is lost, the system asks again after 5 s: the second has an answer before. */
const MOST_OF_A_NAME = 2;

type Callback = (...answer: unknown[]) => void;
type Lookup = (name: string, options: object, callback: Callback) => void;

/**
 * A name whose name servers do not answer occupies a thread of the pool for each look-up, for 10 s
 * or longer. Enough of them stop the look-ups of all other names. From now on at most two look-ups
 * of one name run in this process, and further ones have the answer of the later one. Every part uses
 * `dns.lookup`: `fetch`, the drivers of the database and of Redis, mails, traces.
 * @returns what ends it.
 */
export function shareLookups(): () => void {
  const { lookup } = dns;
  const shared = sharing(lookup);
  // With the property by which `util.promisify` knows the function.
  Object.defineProperties(shared, Object.getOwnPropertyDescriptors(lookup));
  Object.assign(dns, { lookup: shared });
  return () => void Object.assign(dns, { lookup });
}

function sharing(lookup: Lookup) {
  /** By name and options: who waits for each look-up. */
  const running = new Map<string, Callback[][]>();
  return (name: string, options: object, given?: Callback): void => {
    // A caller may leave the options out.
    if (typeof options === 'function') return dns.lookup(name, {}, options as Callback);
    // Without a callback: it is refused.
    if (!given) return lookup(name, options, given as never);
    const key = JSON.stringify([name, options]);
    const lookups = running.get(key) ?? [];
    const callback = AsyncResource.bind(given);
    if (lookups.length >= MOST_OF_A_NAME) return void lookups.at(-1)!.push(callback);
    const waiting = [callback];
    lookup(name, options, (...answer) => {
      lookups.splice(lookups.indexOf(waiting), 1);
      if (lookups.length === 0) running.delete(key);
      for (const one of waiting) one(...answer);
    });
    lookups.push(waiting);
    running.set(key, lookups);
  };
}
