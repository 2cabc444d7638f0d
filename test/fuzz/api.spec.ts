import { AnswerSchemas } from '../support/answer-schemas';
import { type OpenApiDocument, type Operation, operationsOf } from '../support/openapi';
import { type RawAnswer, type RawRequest, send } from '../support/raw-http';
import { System } from '../support/system';
import { People, type Role, ROLES } from './people';
import { Requests } from './requests';
import { sample, SEED } from './seed';
import { Tally } from './tally';
import { faultsOf } from './verdict';

/** For each operation and each kind of caller. */
const REQUESTS_EACH = 30;

/** Far above what a busy machine needs; a request that hangs is above it too. */
const LONGEST_MS = 20_000;

let system: System;
let document: OpenApiDocument;
let schemas: AnswerSchemas;
let people: People;
const tally = new Tally();

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  document = (await system.asAnonymous().get<OpenApiDocument>('/openapi.json')).body;
  schemas = new AnswerSchemas(document);
  people = new People(system);
});

afterAll(async () => {
  await system.stop();
  process.stderr.write(`FUZZ_SEED=${SEED}: ${tally.describe()}\n`);
});

/** Sends the request as someone of the role. */
async function sendAs(role: Role, request: RawRequest): Promise<RawAnswer> {
  const sender = await people.sender(role);
  const headers = {
    ...request.headers,
    ...(sender && { authorization: `Bearer ${sender.accessToken}` }),
  };
  const begin = performance.now();
  const answer = await send(system.apiUrl, { ...request, headers });
  tally.add(answer.status, performance.now() - begin);
  // Whoever has signed out or deleted themselves has no more to say.
  if (sender && answer.status === 401) people.forget(role);
  if (answer.status === 404) people.forgetTarget();
  return answer;
}

async function fuzz(name: string, operation: Operation, role: Role): Promise<string[]> {
  const requests = new Requests(document, await people.known(role));
  const faults: string[] = [];
  for (const request of sample(`${name} ${role}`, requests.for(name, operation), REQUESTS_EACH)) {
    const answer = await sendAs(role, request);
    for (const fault of faultsOf({ name, operation }, answer, schemas)) {
      faults.push(`${role} ${JSON.stringify(request).slice(0, 600)}\n  ${fault}`);
    }
  }
  return faults;
}

describe(`generated requests (FUZZ_SEED=${SEED})`, () => {
  it.each(ROLES)(
    'as %s are all answered as the document says',
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
    expect(tally.total).toBeGreaterThan(3_000);
    expect(tally.ofClass('2')).toBeGreaterThan(tally.total / 10);
    expect(tally.ofClass('4')).toBeGreaterThan(tally.total / 10);
    expect(tally.ofClass('5')).toBe(0);
  });
});
