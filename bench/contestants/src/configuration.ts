/** What the benchmark hands to each contestant, as JSON in its first argument. */
export interface Configuration {
  port: number;
  databaseUrl: string;
  jwksUrl: string;
  issuer: string;
  audience: string;
}

export function readConfiguration(): Configuration {
  return JSON.parse(process.argv[2] ?? '') as Configuration;
}

export const HOST = '127.0.0.1';

/** The answer of contestants that have no database: a profile of ordinary length. */
export const CONSTANT_PROFILE = {
  id: '0123456789abcdef0123456789abcdef',
  email: 'abcdef.12345@example.com',
  emailVerified: false,
  name: 'Abcdef Ghijklmno',
  image: null,
  role: 'user',
  banned: false,
  banReason: null,
  banExpires: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};
