import type { Role } from '../../../contract';

/** The profile of a user, read together with what decides about access. */
export interface KnownProfile {
  id: string;
  email: string;
  emailVerified: boolean;
  name: string;
  image: string | null;
  role: Role;
  banned: boolean;
  banReason: string | null;
  banExpires: Date | null;
  createdAt: Date;
  updatedAt: Date;
}
