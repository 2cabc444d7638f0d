import type { RequestHandler } from 'express';
import { SSF_PATHS } from './paths';
import { DELIVERY_METHODS } from './stream-configuration';
import type { AuthConfig } from '../common/config';
import { AUTH_BASE_PATH, JWKS_PATH, SSF_DOCUMENT } from '../../contract';
import { PUBLIC_DOCUMENT_HEADERS } from '../../runtime/http/public-document';

/** The metadata of the transmitter (SSF 1.0, section 7.1). */
function describeTransmitter(config: AuthConfig) {
  const base = config.authUrl + AUTH_BASE_PATH;
  return {
    spec_version: '1_0',
    issuer: config.jwtIssuer,
    jwks_uri: base + JWKS_PATH,
    delivery_methods_supported: Object.values(DELIVERY_METHODS),
    configuration_endpoint: base + SSF_PATHS.stream,
    status_endpoint: base + SSF_PATHS.status,
    add_subject_endpoint: base + SSF_PATHS.addSubject,
    remove_subject_endpoint: base + SSF_PATHS.removeSubject,
    verification_endpoint: base + SSF_PATHS.verify,
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  };
}

/**
 * Serves the metadata with the path of the issuer after the well-known name, and without it. It is
 * public. Without an authorization server (the issuer is no URL) there are no receivers.
 */
export function signalDiscovery(config: AuthConfig): RequestHandler {
  const places = signalDiscoveryPaths(config);
  const document = describeTransmitter(config);
  return (request, response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || !places.has(request.path)) return next();
    response.removeHeader('Access-Control-Allow-Credentials');
    response.set(PUBLIC_DOCUMENT_HEADERS);
    response.json(document);
  };
}

export function signalDiscoveryPaths({ jwtIssuer }: AuthConfig): Set<string> {
  const issuerPath = URL.parse(jwtIssuer)?.pathname.replace(/\/$/, '');
  if (issuerPath === undefined) return new Set();
  return new Set(['', issuerPath].map((path) => SSF_DOCUMENT + path));
}
