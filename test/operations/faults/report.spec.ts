import { listProblems } from './report';
import type { TrialResult } from './trial';

const AS_PROMISED: TrialResult = {
  fault: 'a fault',
  requests: 100,
  failed: 10,
  statuses: { 200: 90, 503: 10 },
  slowest: outcomeOf(5_000),
  recoveryMs: 2_000,
  writes: 5,
  losses: [],
  wrong: {},
  ended: [],
};

function outcomeOf(ms: number): TrialResult['slowest'] {
  return { ms, kind: 'sign-in' } as TrialResult['slowest'];
}

it.each<[string, Partial<TrialResult>, string[]]>([
  ['what is as promised', {}, []],
  ['a late answer', { slowest: outcomeOf(5_001) }, ['missed: an answer within 5 s']],
  ['a late recovery', { recoveryMs: 2_001 }, ['missed: recovery within 2 s']],
  ['a wrong answer', { wrong: { 'sign-in: 500 x': 2 } }, ['wrong: sign-in: 500 x (2)']],
  ['a lost write', { losses: ['a user'] }, ['lost: a user']],
  ['the end of a process', { ended: ['API 1'] }, ['ended: API 1']],
])('the report of a fault names %s', (_name, change, problems) => {
  expect(listProblems({ ...AS_PROMISED, ...change })).toEqual(problems);
});
