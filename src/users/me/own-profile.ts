import { toUser } from '../user.mapper';
import type { OwnUser } from '../user.schemas';
import type { KnownProfile } from '../../auth/principal/known-profile';
import { toEntityTag } from '../../http/entity-tag';

/** The response shape of the profile, with its entity tag. */
export interface ProfileAnswer {
  text: string;
  etag: string;
}

/** Created once for a known profile: a change creates another object. */
const answers = new WeakMap<KnownProfile, ProfileAnswer>();

/**
 * The answer for a profile that live access knows. It does not depend on the time: a request
 * is refused while a ban is in force, and after its end a profile shows no ban.
 */
export function answerFromKnown(profile: KnownProfile): ProfileAnswer {
  const known = answers.get(profile);
  if (known) return known;
  const answer = toProfileAnswer(toUser(profile));
  answers.set(profile, answer);
  return answer;
}

export function toProfileAnswer(user: OwnUser): ProfileAnswer {
  return { text: JSON.stringify(user), etag: toEntityTag(user) };
}
