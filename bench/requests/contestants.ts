import { contestantScript } from './contestant-package';
import { assertRefuses, PROFILE, USER_LIST } from './refusals';
import { type Target, toRequest } from './targets';
import type { Gatehouse, Tokens } from '../system/gatehouse';
import { HOST, ServerProcess } from '../system/server-process';
import { findFreePort } from '../../launcher/services/ports';

/** Names of the targets, as the goals refer to them. */
export const NAMES = {
  bareNest: 'bare NestJS route on Fastify',
  fastifyCache: 'Fastify, fast-jwt cache, no database',
  fastifyRead: 'Fastify, fast-jwt cache, one prepared read',
  usualNest: 'usual NestJS (Express, passport-jwt, TypeORM)',
  nestBetterAuth: 'NestJS with nestjs-better-auth',
  live: 'Gatehouse, live',
  manyTokens: 'Gatehouse, live, many tokens in turn',
  strict: 'Gatehouse, strict',
  info: 'Gatehouse, live, request log on',
  fastifyList: 'Fastify, list of 50 users',
  usualList: 'usual NestJS, list of 50 users',
  liveList: 'Gatehouse, list of 50 users',
  session: 'auth server, /get-session',
  sessionThrough: 'the same through the API',
} as const;

/** Every server that is compared, running and checked, and what is asked of it. */
export interface Contest {
  targets: Target[];
  stop(): Promise<void>;
}

export async function startContest(gatehouse: Gatehouse, tokens: Tokens): Promise<Contest> {
  const [token] = tokens.users as [string];
  const others = await startOthers(gatehouse);
  const userToken = await signUp(others.nestBetterAuth);
  await assertRefuses(others.nestBetterAuth, userToken);
  const own = await startOwn(gatehouse);
  const checked = [others.fastifyCache, others.fastifyRead, others.usualNest, ...own.all];
  for (const server of checked) await assertRefuses(server, token);
  const profile = (name: string, server: ServerProcess, sent: string | null = token): Target => ({
    name,
    server,
    requests: [toRequest(PROFILE, sent)],
  });
  const list = (name: string, server: ServerProcess): Target => ({
    name,
    server,
    requests: [toRequest(USER_LIST, tokens.administrator)],
  });
  return {
    targets: [
      profile(NAMES.bareNest, others.bareNest, null),
      profile(NAMES.fastifyCache, others.fastifyCache),
      profile(NAMES.fastifyRead, others.fastifyRead),
      profile(NAMES.usualNest, others.usualNest),
      profile(NAMES.nestBetterAuth, others.nestBetterAuth, userToken),
      profile(NAMES.live, own.live),
      {
        name: NAMES.manyTokens,
        server: own.live,
        requests: tokens.users.map((user) => toRequest(PROFILE, user)),
      },
      profile(NAMES.strict, own.strict),
      profile(NAMES.info, own.info),
      list(NAMES.fastifyList, others.fastifyRead),
      list(NAMES.usualList, others.usualNest),
      list(NAMES.liveList, own.live),
      ...sessionTargets(gatehouse, own.live),
    ],
    stop: async () => {
      for (const server of Object.values(others)) await server.stop();
    },
  };
}

async function startOwn(gatehouse: Gatehouse) {
  const live = await gatehouse.startApi({ name: NAMES.live });
  const strict = await gatehouse.startApi({
    name: NAMES.strict,
    env: { ACCESS_CHECK: 'strict' },
  });
  const info = await gatehouse.startApi({ name: NAMES.info, env: { LOG_LEVEL: 'info' } });
  return { live, strict, info, all: [live, strict, info] };
}

async function startOthers(gatehouse: Gatehouse) {
  const { databaseUrl } = gatehouse;
  const start = (name: string, script: string, url = databaseUrl) =>
    startContestant(gatehouse, { name, script, databaseUrl: url });
  return {
    bareNest: await start(NAMES.bareNest, 'bare-nest'),
    fastifyCache: await start(NAMES.fastifyCache, 'fastify-cache'),
    fastifyRead: await start(NAMES.fastifyRead, 'fastify-read'),
    usualNest: await start(NAMES.usualNest, 'usual-nest'),
    nestBetterAuth: await start(
      NAMES.nestBetterAuth,
      'nest-better-auth',
      await gatehouse.createDatabase('nest_better_auth'),
    ),
  };
}

interface ContestantOptions {
  name: string;
  script: string;
  databaseUrl: string;
}

async function startContestant(
  { jwksUrl, issuer, audience }: Gatehouse,
  { name, script, databaseUrl }: ContestantOptions,
): Promise<ServerProcess> {
  const port = await findFreePort(HOST);
  return ServerProcess.start({
    name,
    script: contestantScript(script),
    configuration: { port, databaseUrl, jwksUrl, issuer, audience },
    env: { NODE_ENV: 'production' },
    readyPath: '/',
    port,
  });
}

/** @returns the session token of a new user. */
async function signUp({ url }: ServerProcess): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email: 'ann@example.com', password: 'a long password', name: 'Ann' }),
  });
  const token = response.headers.get('set-auth-token');
  if (!token) throw new Error(`sign-up answers ${response.status}: ${await response.text()}`);
  return token;
}

function sessionTargets(gatehouse: Gatehouse, api: ServerProcess): Target[] {
  const requests = [toRequest('/api/auth/get-session', 'administrator')];
  return [
    { name: NAMES.session, server: gatehouse.authServer, requests },
    { name: NAMES.sessionThrough, server: api, requests },
  ];
}
