import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ReplicaName } from './cluster';
import type { Fault } from './fault-list';

const BESIDE_MS = 10_000;

/**
 * The steps from one version to another and back, over the schema of this one.
 *
 * @param root the checkout of the other version, with its packages.
 */
export function listChanges(root: string): Fault[] {
  const change = (name: ReplicaName, to: 'other' | 'this'): Fault => ({
    name: `${name} becomes ${to === 'other' ? 'the other' : 'this'} version`,
    run: (cluster) => replace(cluster, { name, root: to === 'other' ? root : undefined }),
    replaces: name,
    isInvisible: true,
    resets: true,
  });
  const beside = (what: string): Fault => ({
    name: `${what} for ${BESIDE_MS / 1_000} s`,
    run: () => sleep(BESIDE_MS),
    isInvisible: true,
  });
  return [
    change('API 2', 'other'),
    beside('the other API beside this one'),
    change('auth server 2', 'other'),
    beside('both processes of the other version beside this one'),
    change('API 1', 'other'),
    change('auth server 1', 'other'),
    beside('the other version alone'),
    change('auth server 2', 'this'),
    beside('this auth server beside the other version'),
    change('API 2', 'this'),
    change('API 1', 'this'),
    change('auth server 1', 'this'),
  ];
}

interface Replacement {
  name: ReplicaName;
  root?: string;
}

/** @throws when the process ends with another status than 0. */
async function replace(cluster: Cluster, { name, root }: Replacement): Promise<void> {
  const status = await cluster.replica(name).stop();
  if (status !== 0) throw new Error(`${name} ended with status ${status}`);
  await cluster.startReplica(name, root);
}
