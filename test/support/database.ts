import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A database of its own for whoever asked for it. */
export interface TestDatabase {
  url: string;
  /** Cuts off whoever is still connected. */
  drop(): Promise<void>;
}

/** How the run tells its workers where the server is: set by `global-setup.ts`. */
export const SERVER_URL_VARIABLE = 'GATEHOUSE_TEST_SERVER_URL';
/** The run's name, with which the names of all its databases begin. */
export const RUN_VARIABLE = 'GATEHOUSE_TEST_RUN';

/** A database with the whole schema and no rows. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(`TEMPLATE "${templateName()}"`);
}

/** A database without a schema, for tests of the migrations. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create();
}

/**
 * Applies the schema once, to a database that the others are copied from.
 *
 * @param migrate is given the URL.
 */
export async function createTemplate(migrate: (url: string) => Promise<unknown>): Promise<void> {
  await onServer(`CREATE DATABASE "${templateName()}"`);
  await migrate(urlOf(templateName()));
  await onServer(`ALTER DATABASE "${templateName()}" ALLOW_CONNECTIONS false`);
}

async function create(options = ''): Promise<TestDatabase> {
  const name = `${setting(RUN_VARIABLE)}_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE "${name}" ${options}`);
  return {
    url: urlOf(name),
    drop: () => onServer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new Client(setting(SERVER_URL_VARIABLE));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function templateName(): string {
  return `${setting(RUN_VARIABLE)}_template`;
}

function urlOf(database: string): string {
  const url = new URL(setting(SERVER_URL_VARIABLE));
  url.pathname = `/${database}`;
  return url.href;
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: databases exist while jest runs`);
  return value;
}
