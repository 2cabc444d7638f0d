import { Body, Controller, Get, Module, Param, Post, Res } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { createLogger } from '../../runtime/logger';
import { createApi } from '../../src/app.setup';
import { Public } from '../../src/auth/public.decorator';
import { Roles } from '../../src/auth/roles.decorator';
import { Deprecated } from '../../src/common/openapi/deprecated.decorator';
import { Endpoint } from '../../src/common/openapi/endpoint.decorator';
import { idParameter } from '../../src/common/validation/schemas';
import { toApiSettings } from '../../src/config/api-settings';
import { createOpenApiDocument } from '../../src/openapi/document';
import { Caller } from '../support/caller';
import { type ExtraReplica, listenAsReplica } from '../support/processes/extra-replica';
import { expectProblem } from '../support/problems';
import { settingsAs } from '../support/servers/database-logins';
import { type SignedInUser, System } from '../support/system';

const LINK = 'https://docs.example.com/moving-on';
const BOTH_LINKS = `<${LINK}>; rel="deprecation", <${LINK}>; rel="sunset"`;
const OLD = { since: '2026-01-31', sunset: '2026-12-24', link: LINK };

@Controller({ path: 'old', version: '1' })
class OldController {
  @Get('page')
  @Public()
  @Deprecated(OLD)
  @Endpoint({
    summary: 'Read a page',
    operationId: 'readOldPage',
    answers: { 200: { description: 'A page', schema: z.object({}) } },
  })
  readPage(@Res({ passthrough: true }) reply: FastifyReply): object {
    void reply.header('link', '<https://api.example.com/next>; rel="next"');
    return {};
  }

  @Get(':id')
  @Deprecated(OLD)
  @Endpoint({
    summary: 'Read',
    operationId: 'readOld',
    answers: { 200: { description: 'Something', schema: z.object({}) } },
  })
  read(@Param('id', { schema: idParameter }) _id: string): object {
    return {};
  }

  @Post()
  @Roles('admin')
  @Endpoint({
    summary: 'Write',
    operationId: 'writeOld',
    answers: { 201: { description: 'Something', schema: z.object({}) } },
  })
  @Deprecated({ since: '2026-01-31' })
  write(@Body({ schema: z.strictObject({}) }) _body: object): object {
    return {};
  }
}

@Module({ controllers: [OldController] })
class OldModule {}

let system: System;
let ada: SignedInUser;
let replica: ExtraReplica;
let url: string;

beforeAll(async () => {
  system = await System.start();
  ada = await system.asUser();
  const app = await createApi(settingsAs('api', system.settings), createLogger('api', 'silent'));
  // Routes are created when the application begins to listen.
  await app.get(LazyModuleLoader).load(() => OldModule);
  replica = await listenAsReplica(app);
  url = replica.url;
});

afterAll(async () => {
  await replica.app.close();
  await system.stop();
});

function expectDeprecated(headers: Headers): void {
  expect(headers.get('deprecation')).toBe('@1769817600');
  expect(headers.get('sunset')).toBe('Thu, 24 Dec 2026 00:00:00 GMT');
  expect(headers.get('link')).toContain(BOTH_LINKS);
}

describe('a deprecated route', () => {
  it('works, and has Deprecation, Sunset and Link', async () => {
    const answer = await new Caller(url, ada.accessToken).get('/api/v1/old/1');
    expect(answer).toMatchObject({ status: 200, body: {} });
    expectDeprecated(answer.headers);
    expect(answer.headers.get('link')).toBe(BOTH_LINKS);
  });

  it('has them in every refusal', async () => {
    const anonymous = await new Caller(url).get('/api/v1/old/1');
    expectProblem(anonymous, 'missing_token');
    expectDeprecated(anonymous.headers);
    const invalid = await new Caller(url, ada.accessToken).get('/api/v1/old/%20');
    expectProblem(invalid, 'validation_failed');
    expectDeprecated(invalid.headers);
  });

  it('keeps its own links', async () => {
    const { headers } = await new Caller(url).get('/api/v1/old/page');
    expect(headers.get('link')).toBe(`<https://api.example.com/next>; rel="next", ${BOTH_LINKS}`);
  });

  it('can have no Sunset and no page', async () => {
    const caller = new Caller(url, ada.accessToken);
    const json = { 'content-type': 'application/json' };
    const forbidden = await caller.post('/api/v1/old', {});
    expectProblem(forbidden, 'forbidden');
    const malformed = await caller.post('/api/v1/old', '{', json);
    expectProblem(malformed, 'malformed_request');
    for (const { headers } of [forbidden, malformed]) {
      expect(headers.get('deprecation')).toBe('@1769817600');
      expect(headers.get('sunset')).toBeNull();
      expect(headers.get('link')).toBeNull();
    }
  });

  it('is marked in the document, for every order of the decorators', () => {
    const { paths } = createOpenApiDocument(replica.app, toApiSettings(system.settings));
    expect(paths['/api/v1/old/{id}']!.get).toMatchObject({
      deprecated: true,
      summary: 'Read',
      description: `For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party. Deprecated since 2026-01-31. Goes away on 2026-12-24. What to do instead: ${LINK}`,
    });
    expect(paths['/api/v1/old']!.post).toMatchObject({ deprecated: true, summary: 'Write' });
  });
});

it('does not affect other routes', async () => {
  const { headers } = await ada.caller.get('/api/v1/users/me');
  expect(headers.get('deprecation')).toBeNull();
  expect(headers.get('sunset')).toBeNull();
  const { body } = await system.asAnonymous().get('/openapi.json');
  expect(JSON.stringify(body)).not.toContain('"deprecated"');
});

it.each([
  [{ since: '2026-02-30x' }, 'not a day'],
  [{ since: '2026-01-31', sunset: 'soon' }, 'not a day'],
  [{ since: '2026-01-31', sunset: '2026-01-30' }, 'before'],
])('refuses %j', (deprecation, reason) => {
  expect(() => Deprecated(deprecation)).toThrow(reason);
});
