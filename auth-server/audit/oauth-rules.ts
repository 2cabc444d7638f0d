import { namedClientId } from '../common/client-id';
import {
  aboutCaller,
  ANONYMOUS,
  type AuditEntry,
  type AuditFacts,
  type AuditRule,
  userSubject,
} from './audit-facts';
import { toKnown } from './known-values';
import { type AuditAction, CLIENT_PATHS } from '../../contract';

/** The grants that a client can ask for. Other values are not recorded: any caller can send them. */
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'];

/** Clients, grants of users, and tokens. */
export const OAUTH_RULES: Record<string, AuditRule> = {
  [CLIENT_PATHS.create]: aboutCaller('client.created', ({ answer, body }) => {
    const { name, applicationType, redirectUris, grantTypes, scopes, skipConsent, jwks } = body;
    return {
      subject: clientSubject(answer.clientId),
      after: {
        name,
        applicationType,
        redirectUris,
        grantTypes,
        scopes,
        firstParty: skipConsent,
        ...(jwks !== undefined && { jwks }),
      },
    };
  }),
  [CLIENT_PATHS.rotateSecret]: aboutCaller('client.secret_rotated', ({ body }) => ({
    subject: clientSubject(body.clientId),
  })),
  [CLIENT_PATHS.replaceKeys]: aboutCaller('client.updated', ({ body: { clientId, jwks } }) => ({
    subject: clientSubject(clientId),
    after: { jwks },
  })),
  '/oauth2/consent': consent,
  '/oauth2/update-consent': aboutConsent('oauth.consent_updated'),
  '/oauth2/delete-consent': aboutConsent('oauth.consent_revoked'),
  '/oauth2/token': token,
  '/oauth2/revoke': revocation,
};

function consent({ refusal, body, session, oauthQuery }: AuditFacts): AuditEntry[] {
  if (refusal || !session) return [];
  const { scope } = body;
  const subject = clientSubject(oauthQuery.get('client_id'));
  const detail = { scope: scope ?? oauthQuery.get('scope') };
  const action = body.accept === true ? 'oauth.consent_granted' : 'oauth.consent_denied';
  return [{ action, subject, detail }];
}

function aboutConsent(action: AuditAction): AuditRule {
  return aboutCaller(action, ({ body, session }) => ({
    subject: userSubject(session?.user.id),
    detail: { consentId: body.id },
  }));
}

/**
 * An unknown token is answered as a revoked one (RFC 7009, section 2.2), also without
 * authentication of the client: by a complete response of `oauth/protocol-answers.ts`.
 */
function revocation(facts: AuditFacts): AuditEntry[] {
  if (facts.refusal || facts.isReplaced) return [];
  return [{ action: 'oauth.tokens_revoked', ...byClient(facts) }];
}

/** A renewal is not recorded: the grant was. */
function token(facts: AuditFacts): AuditEntry[] {
  const { refusal, body } = facts;
  const { grant_type: grant, scope } = body;
  if (refusal) {
    const detail = { grant: toKnown(grant, GRANTS), reason: refusal.code };
    const { subject } = byClient(facts);
    return [
      { action: 'oauth.token_refused', outcome: 'failure', actor: ANONYMOUS, subject, detail },
    ];
  }
  if (grant === 'refresh_token') return [];
  return [
    {
      action: 'oauth.token_issued',
      ...byClient(facts),
      detail: { grant, scope: facts.answer.scope ?? scope },
    },
  ];
}

/** The client that the form names. */
function byClient({ headers, body }: AuditFacts): Pick<AuditEntry, 'actor' | 'subject'> {
  const id = namedClientId(body, headers);
  if (id === null) return { actor: ANONYMOUS, subject: null };
  return { actor: { type: 'client', id: short(id) }, subject: clientSubject(id) };
}

function clientSubject(id: unknown): AuditEntry['subject'] {
  return typeof id === 'string' ? { type: 'client', id: short(id) } : null;
}

/** The client id of a refused request is not proved. */
function short(id: string): string {
  return id.slice(0, 64);
}
