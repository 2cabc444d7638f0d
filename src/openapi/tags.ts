import { FEATURE_TAGS, refuseRepeatedNames } from '../../contract';

/** The groups of routes, in the order of the document. */
export const TAGS: readonly [name: string, description: string][] = [
  ['Auth', 'Signing up, in and out; tokens; the current session'],
  ['Users', 'Your own profile; other users for administrators'],
  ...Object.entries(FEATURE_TAGS),
  ['Health', 'For orchestrators'],
  ['Entrance', 'Links to the documentation'],
];

const NAMES = TAGS.map(([name]) => name);
refuseRepeatedNames('tags', NAMES);
