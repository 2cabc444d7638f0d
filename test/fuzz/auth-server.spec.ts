import { describeAuthServer } from '../../auth-server/describe';
import { toAuthDocument } from '../../tools/auth-document/document';
import { type OpenApiDocument, type Operation, operationsOf } from '../support/openapi';
import { type RawAnswer, type RawRequest, send } from '../support/raw-http';
import { System } from '../support/system';
import { People, type Role, ROLES } from './people';
import { Requests } from './requests';
import { sample, SEED } from './seed';
import { Tally } from './tally';

/** For each operation and each kind of caller. */
const REQUESTS_EACH = 6;

const LONGEST_MS = 20_000;

/** What only a stack trace, the database or the language would say. */
const FOREIGN_TEXT =
  /node_modules|\bat \S+ \(|\.[cm]?[jt]s:\d|\bSELECT |\bINSERT |SQLSTATE|relation "|invalid input syntax|invalid byte sequence|ECONN|TypeError|Cannot read|is not a function/;

let system: System;
let document: OpenApiDocument;
let people: People;
const tally = new Tally();

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  const description = await describeAuthServer(system.settings);
  document = toAuthDocument(description) as unknown as OpenApiDocument;
  people = new People(system);
});

afterAll(async () => {
  await system.stop();
  process.stderr.write(`FUZZ_SEED=${SEED}: ${tally.describe()}\n`);
});

/** Sends the request by way of the API, with the session of someone of the role. */
async function sendAs(role: Role, request: RawRequest): Promise<RawAnswer> {
  const sender = await people.sender(role);
  const headers = {
    ...request.headers,
    ...(sender && { authorization: `Bearer ${sender.refreshToken}` }),
  };
  const begin = performance.now();
  const answer = await send(system.apiUrl, { ...request, headers });
  tally.add(answer.status, performance.now() - begin);
  if (sender && answer.status === 401) people.forget(role);
  return answer;
}

function faultsOf({ responses }: Operation, { status, headers, text }: RawAnswer): string[] {
  const type = headers['content-type']?.[0] ?? '';
  return [
    ...(responses[status] ? [] : [`${status} is not in the document: ${text.slice(0, 200)}`]),
    ...(status >= 500 ? [`${status}: ${text.slice(0, 200)}`] : []),
    ...(status >= 400 && !/json/.test(type) ? [`${status} as ${type}: ${text.slice(0, 80)}`] : []),
    ...(FOREIGN_TEXT.test(text) ? [`text that is not ours: ${text.slice(0, 300)}`] : []),
  ];
}

async function fuzz(name: string, operation: Operation, role: Role): Promise<string[]> {
  const requests = new Requests(document, await people.known(role));
  const faults: string[] = [];
  for (const request of sample(`${name} ${role}`, requests.for(name, operation), REQUESTS_EACH)) {
    const answer = await sendAs(role, request);
    for (const fault of faultsOf(operation, answer)) {
      faults.push(`${role} ${JSON.stringify(request).slice(0, 600)}\n  ${fault}`);
    }
  }
  return faults;
}

describe(`generated requests to the auth server, by way of the API (FUZZ_SEED=${SEED})`, () => {
  it.each(ROLES)(
    'as %s are all answered, with no failure and no text from inside',
    async (role) => {
      const faults: string[] = [];
      for (const [name, operation] of operationsOf(document)) {
        faults.push(...(await fuzz(name, operation, role)));
      }
      expect(faults.join('\n')).toBe('');
      expect(tally.slowestMs).toBeLessThan(LONGEST_MS);
    },
    120_000,
  );

  it('have reached both what is served and what is refused', () => {
    expect(tally.total).toBeGreaterThan(1_000);
    expect(tally.ofClass('2')).toBeGreaterThan(tally.total / 20);
    expect(tally.ofClass('4')).toBeGreaterThan(tally.total / 10);
    expect(tally.ofClass('5')).toBe(0);
  });
});
