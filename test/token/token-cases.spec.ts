import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTokenBench, type TokenBench } from './token-bench';
import { startClock, stopClockAt } from '../support/clock';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { type RawAnswer, send } from '../support/raw-http';
import { renderTokenCases, TOKEN_CASES } from '../support/token-cases';
import type { CaseRequest, Refusal, TokenCase } from '../support/token-cases/token-case';

const PATH = '/api/v1/users/me';
const NOW = Math.floor(Date.now() / 1_000);

/** RFC 9728, section 5.1. */
const METADATA = 'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"';

const CHALLENGES = {
  missing_token: `Bearer ${METADATA}`,
  invalid_token: `Bearer error="invalid_token", ${METADATA}`,
  insufficient_scope: `Bearer error="insufficient_scope", scope="profile", ${METADATA}`,
  user_required: undefined,
};

describe.each(['RS256', 'ES256', 'PS256'] as const)('with %s, a token', (algorithm) => {
  let bench: TokenBench;
  const cases = TOKEN_CASES.filter((group) => group.algorithm === algorithm).flatMap((group) =>
    group.cases.map((one): [string, TokenCase] => [`${group.title}: ${one.title}`, one]),
  );
  /** The first refusal of each code, without request id and count: all others must be equal. */
  const refusals = new Map<string, object>();

  beforeAll(async () => {
    stopClockAt(NOW * 1_000);
    bench = await startTokenBench(algorithm, { now: NOW });
    // The key set exists before the first token.
    await untilReady(bench.apiUrl);
  });

  afterAll(async () => {
    await bench.stop();
    startClock();
  });

  async function ask({ headers, query = '' }: CaseRequest): Promise<RawAnswer> {
    return send(bench.apiUrl, { path: PATH + query, headers });
  }

  function expectRefusal(answer: RawAnswer, code: Refusal): void {
    const { requestId: _requestId, ...body } = expectProblem(answer, code);
    const { 'x-request-id': _id, date: _date, ratelimit: _limit, ...headers } = answer.headers;
    const refusal = { body, headers };
    expect(headers['www-authenticate']?.join()).toBe(CHALLENGES[code]);
    if (!refusals.has(code)) refusals.set(code, refusal);
    expect(refusal).toEqual(refusals.get(code));
  }

  it.each(cases)('%s', async (_title, one) => {
    const request =
      'request' in one
        ? await one.request(bench.kit)
        : { headers: { authorization: `Bearer ${await one.token(bench.kit)}` } };
    // The second request of an accepted token uses the cache.
    for (const answer of [await ask(request), await ask(request)]) {
      if (one.outcome !== 'accepted') {
        expectRefusal(answer, one.outcome);
        continue;
      }
      expect([answer.status, JSON.parse(answer.text).id]).toEqual([200, bench.kit.claims.sub]);
    }
  });

  it('uses the role of the database, for every role claim', async () => {
    const token = await bench.kit.key.sign({ ...bench.kit.claims, role: 'admin' });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await send(bench.apiUrl, { path: '/api/v1/admin/users', headers });
    expectProblem(answer, 'forbidden');
  });

  it('is refused at the second of its expiry, also when it is cached', async () => {
    const { now, claims, key } = bench.kit;
    const token = await key.sign({ ...claims, exp: now + 10 });
    const headers = { authorization: `Bearer ${token}` };
    const statuses: number[] = [];
    for (const seconds of [0, 14, 15, 14, -66, 0]) {
      stopClockAt((now + seconds) * 1_000);
      statuses.push((await ask({ headers })).status);
    }
    // At an earlier time it is valid again, and before its issue it is not.
    expect(statuses).toEqual([200, 200, 401, 200, 401, 200]);
  });
});

describe('the list of cases', () => {
  it('has at least 80 cases, with unique titles', () => {
    const titles = TOKEN_CASES.flatMap((group) =>
      group.cases.map((one) => group.title + one.title),
    );
    expect(titles.length).toBeGreaterThanOrEqual(80);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('equals docs/token-cases.md', () => {
    const page = readFileSync(join(__dirname, '../../docs/token-cases.md'), 'utf8');
    expect(page).toBe(renderTokenCases());
  });
});

function untilReady(apiUrl: string): Promise<void> {
  return eventually(async () => {
    const { text } = await send(apiUrl, { path: '/health/ready' });
    expect(JSON.parse(text).checks.signingKeys.status).toBe('ok');
  });
}
