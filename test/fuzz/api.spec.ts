import { AnswerSchemas } from '../support/documents/answer-schemas';
import type { OpenApiDocument } from '../support/documents/openapi';
import { System } from '../support/system';
import { Campaign } from './campaign';
import { CLIENTS, isClient, ROLES } from './people';
import { FACTOR, SEED } from './seed';
import { faultsOfAccess } from './access-verdict';
import { faultsOf } from './verdict';

/** Far above the time on a loaded host. Only a hanging request exceeds it. */
const LONGEST_MS = 20_000;

let system: System;
let campaign: Campaign;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  const document = (await system.asAnonymous().get<OpenApiDocument>('/openapi.json')).body;
  const schemas = new AnswerSchemas(document);
  campaign = new Campaign({
    system,
    document,
    requestsEach: (role) => (isClient(role) ? 5 : 12) * FACTOR,
    tokenOf: ({ accessToken }) => accessToken,
    faultsOf: (asked, answer) => [
      ...faultsOf(asked, answer, schemas),
      ...faultsOfAccess(asked, answer),
    ],
  });
});

afterAll(async () => {
  await system.stop();
  process.stderr.write(`FUZZ_SEED=${SEED}: ${campaign.tally.describe()}\n`);
});

describe(`generated requests (FUZZ_SEED=${SEED})`, () => {
  it.each([...ROLES, ...CLIENTS])('as %s all get documented responses', async (role) => {
    expect(await campaign.run(role)).toBe('');
    expect(campaign.tally.slowestMs).toBeLessThan(LONGEST_MS);
  });

  it('include accepted and refused ones', () => {
    const { tally } = campaign;
    expect(tally.total).toBeGreaterThan(1_000);
    expect(tally.ofClass('2')).toBeGreaterThan(tally.total / 10);
    expect(tally.ofClass('4')).toBeGreaterThan(tally.total / 10);
    expect(tally.ofClass('5')).toBe(0);
  });
});
