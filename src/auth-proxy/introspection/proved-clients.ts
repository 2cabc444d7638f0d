import { hash } from 'node:crypto';
import type { BasicCredentials } from './introspection-form';
import type { KnownClient } from '../../auth/live-access/access-state';

/**
 * The credentials that the auth server has accepted, as long as the client is known: a change of
 * the client, for example a new secret, is announced and replaces the known client.
 */
export class ProvedClients {
  private readonly proofs = new WeakMap<KnownClient, string>();

  has(client: KnownClient, credentials: BasicCredentials): boolean {
    return this.proofs.get(client) === toProof(credentials);
  }

  /** @param client as it was known before the auth server was asked. */
  add(client: KnownClient, credentials: BasicCredentials): void {
    this.proofs.set(client, toProof(credentials));
  }
}

/** A secret has 256 random bits, so its hash does not reveal it. */
function toProof({ authorization }: BasicCredentials): string {
  return hash('sha256', authorization, 'base64url');
}
