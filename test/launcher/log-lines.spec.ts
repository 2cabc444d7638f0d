import { stripVTControlCharacters } from 'node:util';
import { formatLine } from '../../launcher/services/log-lines';

const TIME = new Date(2026, 0, 2, 12, 0, 1).toISOString();

function format(event: Record<string, unknown>, least = 'trace'): string | null {
  const line = JSON.stringify({ time: TIME, level: 'info', process: 'api', ...event });
  const text = formatLine(line, { source: 'api', least });
  return text === null ? null : stripVTControlCharacters(text);
}

describe('a line of a process', () => {
  it('shows a log event with its time, process, level, message and fields', () => {
    expect(format({ level: 'warn', msg: 'set, but without effect', settings: ['SMTP_URL'] })).toBe(
      '12:00:01 api   warn  set, but without effect settings=["SMTP_URL"]',
    );
  });

  it('shows a request in short', () => {
    const request = { method: 'GET', path: '/api/v1/users/me', status: 200, ms: 12 };
    expect(format({ msg: 'request', requestId: 'abc', ...request })).toBe(
      '12:00:01 api   info  GET /api/v1/users/me 200 12 ms',
    );
  });

  it('shows what a warning is about, and where an error comes from', () => {
    const err = { type: 'Error', message: 'refused', stack: 'Error: refused\n    at here' };
    expect(format({ level: 'warn', msg: 'no keys', err })).toBe(
      '12:00:01 api   warn  no keys (refused)',
    );
    expect(format({ level: 'error', msg: 'no keys', err })).toBe(
      '12:00:01 api   error no keys \nError: refused\n    at here',
    );
  });

  it('omits events below the level', () => {
    expect(format({ level: 'info', msg: 'x' }, 'warn')).toBeNull();
    expect(format({ level: 'warn', msg: 'x' }, 'warn')).not.toBeNull();
    expect(format({ level: 'fatal', msg: 'x' }, 'warn')).not.toBeNull();
  });

  it.each(['password  abc', '{ not json', '{"a":1}', '', '[1]'])(
    'shows %j unchanged at every level',
    (line) => {
      expect(formatLine(line, { source: 'auth', least: 'fatal' })).toBe(`auth  ${line}`.trimEnd());
    },
  );
});
