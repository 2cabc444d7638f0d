import type { GenericEndpointContext } from 'better-auth';
import { type JwtOptions, type ResolvedSigningKey, signJWT } from 'better-auth/plugins';
import { importJWK } from 'jose';
import type { SigningKey } from './key-ring';
import type { SigningKeys } from './signing-keys';
import { type SignedIn, toSessionClaims } from '../sessions/claims';

interface Parts {
  keys: SigningKeys;
  options: JwtOptions;
}

interface ImportedKey {
  id: string;
  text: string;
  resolved: Promise<ResolvedSigningKey>;
}

/**
 * Signs access tokens of sessions, as the endpoint `/token` does. The jwt plugin imports the private
 * key for each signature; here it is imported once. Which key signs is read for each signature.
 */
export class TokenSigner {
  private imported: ImportedKey | null = null;

  constructor(private readonly parts: Parts) {}

  /** @throws {APIError} as the claims do: 403 for a banned user. */
  async sign(ctx: GenericEndpointContext, signedIn: SignedIn): Promise<string> {
    const { keys, options } = this.parts;
    const { signer } = await keys.current();
    if (!signer) throw new Error('there is no key to sign with');
    const iat = Math.floor(Date.now() / 1_000);
    const payload = { iat, ...toSessionClaims(signedIn), sub: String(signedIn.user.id) };
    return signJWT(ctx, { options, payload, resolvedKey: await this.resolve(signer) });
  }

  private resolve({ id, alg, privateKey }: SigningKey): Promise<ResolvedSigningKey> {
    const text = privateKey ?? '';
    if (this.imported?.id !== id || this.imported.text !== text) {
      const resolved = importKey({ id, alg: String(alg), text });
      this.imported = { id, text, resolved };
    }
    return this.imported.resolved;
  }
}

interface KeyText {
  id: string;
  alg: string;
  /** The private JSON Web Key. */
  text: string;
}

async function importKey({ id, alg, text }: KeyText): Promise<ResolvedSigningKey> {
  const privateKey = await importJWK(JSON.parse(text) as object, alg);
  return { alg, kid: id, privateKey };
}
