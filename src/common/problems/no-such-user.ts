import { Problem } from './problem';

/** A route names a user who does not exist. */
export function noSuchUser(): Problem {
  return new Problem('not_found', { detail: 'There is no such user.' });
}
