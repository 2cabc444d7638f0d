import type * as description from '../../auth-server/describe';
import type * as authDocument from '../../tools/auth-document/document';
import type { OpenApiDocument, Operation } from '../support/documents/openapi';
import { loadNatively } from '../support/native/load';
import type { RawAnswer } from '../support/raw-http';
import { System } from '../support/system';
import { Campaign } from './campaign';
import { ROLES } from './people';
import { FACTOR, SEED } from './seed';

const { describeAuthServer } = loadNatively('auth-server/describe') as typeof description;
const { toAuthDocument } = loadNatively('tools/auth-document/document') as typeof authDocument;

const LONGEST_MS = 20_000;

/** Text that only a stack trace, the database or the language contains. */
const FOREIGN_TEXT =
  /node_modules|\bat \S+ \(|\.[cm]?[jt]s:\d|\bSELECT |\bINSERT |SQLSTATE|relation "|invalid input syntax|invalid byte sequence|ECONN|TypeError|Cannot read|is not a function/;

let system: System;
let campaign: Campaign;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  const description = await describeAuthServer(system.settings);
  campaign = new Campaign({
    system,
    document: toAuthDocument(description) as unknown as OpenApiDocument,
    requestsEach: () => 3 * FACTOR,
    // With their session.
    tokenOf: ({ refreshToken }) => refreshToken,
    faultsOf: ({ operation }, answer) => faultsOf(operation, answer),
  });
});

afterAll(async () => {
  await system.stop();
  process.stderr.write(`FUZZ_SEED=${SEED}: ${campaign.tally.describe()}\n`);
});

function faultsOf({ responses }: Operation, { status, headers, text }: RawAnswer): string[] {
  const type = headers['content-type']?.[0] ?? '';
  return [
    ...(responses[status] ? [] : [`${status} is not in the document: ${text.slice(0, 200)}`]),
    ...(status >= 500 ? [`${status}: ${text.slice(0, 200)}`] : []),
    ...(status >= 400 && !/json/.test(type) ? [`${status} as ${type}: ${text.slice(0, 80)}`] : []),
    ...(FOREIGN_TEXT.test(text) ? [`text that is not ours: ${text.slice(0, 300)}`] : []),
  ];
}

describe(`generated requests to the auth server, through the API (FUZZ_SEED=${SEED})`, () => {
  it.each(ROLES)(
    'as %s all get a response without server errors and internal text',
    async (role) => {
      expect(await campaign.run(role)).toBe('');
      expect(campaign.tally.slowestMs).toBeLessThan(LONGEST_MS);
    },
  );

  it('include accepted and refused ones', () => {
    const { tally } = campaign;
    expect(tally.total).toBeGreaterThan(400);
    expect(tally.ofClass('2')).toBeGreaterThan(tally.total / 20);
    expect(tally.ofClass('4')).toBeGreaterThan(tally.total / 10);
    expect(tally.ofClass('5')).toBe(0);
  });
});
