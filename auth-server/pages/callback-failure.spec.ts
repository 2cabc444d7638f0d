import { toCallbackAnswer } from './callback-failure';

const authUrl = 'http://localhost:3000';
const request = new Request(`${authUrl}/api/auth/callback/google`, {
  headers: { accept: 'text/html' },
});

it.each(['DATABASE_UNAVAILABLE', 'TOO_BUSY'])(
  'a browser is asked to try again: %s',
  async (code) => {
    const refusal = Response.json({ code }, { status: 503, headers: { 'retry-after': '5' } });
    const answer = await toCallbackAnswer(refusal, { request, authUrl });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.text()).toContain('Try again soon');
  },
);
