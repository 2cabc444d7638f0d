import express from 'express';
import { Access } from './access';
import { callerOf, requireAccess } from './middleware';

const access = new Access({
  apiUrl: setting('API_URL'),
  issuer: setting('JWT_ISSUER'),
  audience: setting('JWT_AUDIENCE'),
  algorithm: process.env.JWT_ALGORITHM ?? 'RS256',
  jwksUrl: setting('JWKS_URL'),
  tokenUrl: setting('TOKEN_URL'),
  introspectionUrl: process.env.INTROSPECTION_URL,
  clientId: setting('CLIENT_ID'),
  clientSecret: setting('CLIENT_SECRET'),
});
const app = express();

app.get('/health', (_request, response) => {
  response.json({ current: access.isCurrent() });
});

app.get('/orders', requireAccess(access, { scope: 'orders:read' }), (_request, response) => {
  response.json(callerOf(response));
});

app.get(
  '/reports',
  requireAccess(access, { role: 'admin', scope: 'orders:read' }),
  (_request, response) => {
    response.json(callerOf(response));
  },
);

const stop = new AbortController();
const server = app.listen(Number(process.env.PORT ?? 8101), '127.0.0.1');
void access.follow(stop.signal, (error) => process.stderr.write(`stream: ${String(error)}\n`));
process.once('SIGTERM', () => {
  stop.abort();
  server.close();
  server.closeAllConnections();
});

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
