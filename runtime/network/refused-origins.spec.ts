import { RefusedOrigins } from './refused-origins';

const TRUSTED = 'https://app.example.com';

function refuse(origins: (string | undefined)[]): string[] {
  const lines: string[] = [];
  const refused = new RefusedOrigins(new Set([TRUSTED]), (line) => lines.push(line));
  for (const origin of origins) if (refused.isNew(origin)) refused.report(origin);
  return lines;
}

describe('RefusedOrigins', () => {
  it('names an origin once, with the setting', () => {
    const lines = refuse(['http://localhost:5173', 'http://localhost:5173']);
    expect(lines).toEqual([
      'pages of http://localhost:5173 cannot call this server: the origin is not in TRUSTED_ORIGINS',
    ]);
  });

  it.each([
    undefined,
    TRUSTED,
    'null',
    '',
    'https://a.example/path',
    'https://a.example\nerror: forged',
    `https://${'a'.repeat(250)}.example`,
  ])('does not name %j', (origin) => {
    expect(refuse([origin])).toEqual([]);
  });

  it('names at most 20 of the origins that callers invent', () => {
    const origins = Array.from({ length: 1_000 }, (_, index) => `https://n${index}.example`);
    expect(refuse(origins)).toHaveLength(20);
  });
});
