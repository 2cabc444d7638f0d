import type { HookContext } from '../common/hook-types';
import { originOf } from '../common/request-origin';
import type { StreamRow } from './stream-store';
import { type AuditAction, type AuditEvent, SYSTEM, toAuditInsert } from '../../contract';
import type { RunStatement } from '../../runtime/jobs/cleanup';

interface StreamRecord {
  row: Pick<StreamRow, 'id' | 'clientId'> & Partial<StreamRow>;
  action: AuditAction;
  /** Without a request: the transmitter itself. */
  ctx?: Pick<HookContext, 'headers'>;
  detail?: object;
}

/** Records a change of a stream in its transaction. */
export async function recordStreamEvent(
  run: RunStatement,
  { row, action, ctx, detail }: StreamRecord,
): Promise<void> {
  const { id, clientId, method, endpointUrl } = row;
  const by: Pick<AuditEvent, 'actor' | 'origin'> = ctx
    ? { actor: { type: 'client', id: clientId }, origin: originOf(ctx.headers) }
    : SYSTEM;
  const facts = { clientId, method, endpointUrl, ...detail };
  const { sql, parameters } = toAuditInsert({
    action,
    subject: { type: 'stream', id },
    detail: facts,
    ...by,
  });
  await run(sql, parameters);
}
