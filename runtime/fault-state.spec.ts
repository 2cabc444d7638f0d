import { FaultState, toReason } from './fault-state';

function record() {
  const lines: string[] = [];
  const state = new FaultState({
    began: (reason) => lines.push(`began: ${reason}`),
    ended: () => lines.push('ended'),
  });
  return { lines, state };
}

describe('a fault', () => {
  it('is reported once, however often it is seen', () => {
    const { lines, state } = record();
    state.begin(new Error('first'));
    state.begin(new Error('second'));
    expect(lines).toEqual(['began: first']);
  });

  it('is reported again after its end', () => {
    const { lines, state } = record();
    state.begin(new Error('first'));
    state.end();
    state.end();
    state.begin('second');
    expect(lines).toEqual(['began: first', 'ended', 'began: second']);
  });

  it('has no end where it did not begin', () => {
    const { lines, state } = record();
    state.end();
    expect(lines).toEqual([]);
  });

  it.each([
    [new Error('a message'), 'a message'],
    [Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [new TypeError('fetch failed', { cause: new Error('no route') }), 'fetch failed: no route'],
  ])('gives %p the reason %p', (error, reason) => {
    expect(toReason(error)).toBe(reason);
  });
});
