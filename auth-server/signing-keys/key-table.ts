import type { Client, Pool } from 'pg';
import { TABLES } from '../../contract';
import type { SigningKey } from './key-ring';
import type { PreparedQueries } from '../../runtime/database/prepared-statements';

const { name: table, columns } = TABLES.jwks;

type Connection = Pick<Client | Pool, 'query'>;

/** A row of other origin may have no end: it signs for one rotation period. */
const ENDS_AT = `coalesce(${columns.expiresAt}, ${columns.createdAt} + $1 * interval '1 ms')`;

/** Without keys the result is one row without a key: the time is needed too. */
const SELECT_KEYS = `
  SELECT statement_timestamp() AS "now",
         ${columns.id} AS "id", ${columns.publicKey} AS "publicKey",
         ${columns.privateKey} AS "encryptedKey", ${columns.alg} AS "alg", ${columns.crv} AS "crv",
         ${columns.createdAt} AS "createdAt", ${ENDS_AT} AS "endsAt"
    FROM (SELECT) AS clock LEFT JOIN ${table} ON true
   ORDER BY ${columns.createdAt} DESC, ${columns.id} DESC`;

const INSERT_KEY = `
  INSERT INTO ${table} (${columns.id}, ${columns.publicKey}, ${columns.privateKey},
                        ${columns.alg}, ${columns.crv}, ${columns.createdAt}, ${columns.expiresAt})
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;

const END_KEYS = `UPDATE ${table} SET ${columns.expiresAt} = $2 WHERE ${columns.id} = ANY($1)`;

const DELETE_KEYS = `DELETE FROM ${table} WHERE ${columns.id} = ANY($1)`;

/** A stored key. It does not tell whether this process can decrypt it. */
export type KeptKey = Omit<SigningKey, 'privateKey'>;

type Row = { now: Date; id: string | null; createdAt: Date; endsAt: Date } & Omit<
  KeptKey,
  'id' | 'createdAt' | 'endsAt'
>;

/** All keys, newest first, and the time of the database. */
export async function readKeys(
  statements: Pick<PreparedQueries, 'run'>,
  rotation: number,
): Promise<{ now: number; keys: KeptKey[] }> {
  const query = { name: 'signing-keys', text: SELECT_KEYS, values: [rotation] };
  const rows = await statements.run<Row>(query);
  const keys = rows.flatMap(({ now: _now, id, createdAt, endsAt, ...rest }) =>
    id === null ? [] : [{ ...rest, id, createdAt: createdAt.getTime(), endsAt: endsAt.getTime() }],
  );
  return { now: rows[0]!.now.getTime(), keys };
}

export async function insertKey(connection: Connection, key: KeptKey): Promise<void> {
  const { id, publicKey, encryptedKey, alg, crv, createdAt, endsAt } = key;
  const times = [new Date(createdAt), new Date(endsAt)];
  await connection.query(INSERT_KEY, [id, publicKey, encryptedKey, alg, crv, ...times]);
}

/** Sets the end of the keys' signatures. */
export async function endKeys(
  connection: Connection,
  { ids, endsAt }: { ids: string[]; endsAt: number },
): Promise<void> {
  await connection.query(END_KEYS, [ids, new Date(endsAt)]);
}

export async function deleteKeys(connection: Connection, ids: string[]): Promise<void> {
  await connection.query(DELETE_KEYS, [ids]);
}
