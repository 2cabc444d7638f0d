import type { EntityManager } from 'typeorm';

/**
 * What a user has proved or is to prove: links to set a password, trusted devices, sign-ins that
 * wait for their second step. The view `user_proof` does not contain what a proof is verified with
 * (migrations/1795461000000-SeparateProofs).
 */
export type ProofKind = 'password_link' | 'trusted_device' | 'second_step';

export interface ProofTimes {
  createdAt: Date;
  expiresAt: Date;
}

/** @returns the proofs in force, oldest first. */
export function listProofs(
  manager: EntityManager,
  { userId, kind }: { userId: string; kind: ProofKind },
): Promise<ProofTimes[]> {
  return manager.query<ProofTimes[]>(
    `SELECT created_at AS "createdAt", expires_at AS "expiresAt" FROM user_proof
      WHERE user_id = $1 AND kind = $2 AND expires_at > now() ORDER BY created_at, id`,
    [userId, kind],
  );
}

export async function deleteProofs(
  manager: EntityManager,
  { userId, kinds }: { userId: string; kinds: ProofKind[] },
): Promise<void> {
  await manager.query('DELETE FROM user_proof WHERE user_id = $1 AND kind = ANY ($2)', [
    userId,
    kinds,
  ]);
}
