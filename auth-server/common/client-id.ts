import { assertedClientId, basicClientId } from '../../runtime/tokens/client-id';

/**
 * The client that a form names: in its body, by HTTP Basic (RFC 6749, section 2.3.1) or by its
 * assertion (RFC 7523, section 3). A form has one of the two proofs (`oauth/forms.ts`), and its
 * `client_id` is that of the proof. The id is proved only after the provider has accepted the form.
 */
export function namedClientId(body: unknown, headers: Headers | undefined): string | null {
  const form = (body ?? {}) as { client_id?: unknown; client_assertion?: unknown };
  if (typeof form.client_id === 'string' && form.client_id !== '') return form.client_id;
  const assertion = form.client_assertion;
  if (typeof assertion === 'string') return assertedClientId(assertion);
  return basicClientId(headers?.get('authorization') ?? undefined);
}
