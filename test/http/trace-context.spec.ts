import { eventually } from '../support/eventually';
import { InProcessSystem } from '../support/in-process-system';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

interface Line {
  process?: string;
  msg?: string;
  path?: string;
  traceId?: string;
}

describe('W3C trace context', () => {
  const log: string[] = [];
  let system: InProcessSystem;

  beforeAll(async () => {
    system = await InProcessSystem.start({ log });
  });
  afterAll(() => system.stop());

  async function tracesOf(url: string, traceparent?: string): Promise<Line[]> {
    log.length = 0;
    await system.asAnonymous().call('POST', url, {
      body: { email: 'nobody@example.com', password: 'does not matter' },
      headers: { origin: system.settings.authUrl, ...(traceparent && { traceparent }) },
    });
    // The API also fetches keys by itself.
    const lines = () =>
      log
        .map((line) => JSON.parse(line) as Line)
        .filter(({ msg, path }) => msg === 'request' && path?.includes('sign-in'));
    // Each process writes its line after the response.
    await eventually(() => {
      const processes = lines().map((line) => line.process);
      expect(processes).toEqual(expect.arrayContaining(['api', 'auth']));
    });
    return lines();
  }

  it.each(['/api/v1/auth/sign-in', '/api/auth/sign-in/email'])(
    "continues the caller's trace in both processes (%s)",
    async (path) => {
      const lines = await tracesOf(path, PARENT);
      expect(new Set(lines.map((line) => line.process))).toEqual(new Set(['api', 'auth']));
      expect(new Set(lines.map((line) => line.traceId))).toEqual(new Set([TRACE_ID]));
    },
  );

  it.each([
    ['none', undefined],
    ['one of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['one without a parent', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['one in capitals', PARENT.toUpperCase()],
    ['one with a tail that version 00 does not have', `${PARENT}-more`],
    ['one of the version that there is not', PARENT.replace(/^00/, 'ff')],
    ['nonsense', 'nonsense'],
  ])('begins one trace for both processes when the caller sends %s', async (_what, header) => {
    const lines = await tracesOf('/api/v1/auth/sign-in', header);
    const [first, ...others] = new Set(lines.map((line) => line.traceId));
    expect(others).toEqual([]);
    expect(first).toMatch(/^[\da-f]{32}$/);
    expect(first).not.toBe(TRACE_ID);
  });

  it('takes the trace id from a header of a future version', async () => {
    const lines = await tracesOf('/api/v1/auth/sign-in', `${PARENT.replace(/^00/, '01')}-more`);
    expect(lines[0]!.traceId).toBe(TRACE_ID);
  });
});
