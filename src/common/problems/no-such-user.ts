import { Problem } from './problem';

/** The user in the URL does not exist. */
export function noSuchUser(): Problem {
  return new Problem('not_found', { detail: 'There is no such user.' });
}
