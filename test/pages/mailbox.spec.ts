import { startAuthServer } from '../support/auth-server/harness';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('GET /dev/mailbox', () => {
  it('is a page for a browser and JSON for other clients', async () => {
    const server = await startAuthServer();
    try {
      await server.signUp('ada@example.com');
      const origin = 'http://localhost:3000';
      await server.post(
        '/api/auth/request-password-reset',
        { email: 'ada@example.com' },
        { origin },
      );
      const { body } = await server.get('/dev/mailbox').expect('content-type', /json/);
      expect(body.items).toMatchObject([{ to: 'ada@example.com', subject: 'Set a new password' }]);
      const page = await server.get('/dev/mailbox', { accept: BROWSER }).expect(200);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.text).toMatch(/<a href="http:\/\/localhost:3000\/api\/auth\/reset-password\//);
    } finally {
      await server.stop();
    }
  });

  it('says while it is empty which actions send a mail', async () => {
    const server = await startAuthServer();
    try {
      await server.signUp('ada@example.com');
      const { body } = await server.get('/dev/mailbox').expect('content-type', /json/);
      expect(body.items).toEqual([]);
      const page = await server.get('/dev/mailbox', { accept: BROWSER }).expect(200);
      expect(page.text).toContain(
        'A sign-up sends one only with REQUIRE_EMAIL_VERIFICATION=true; a forgotten password always does.',
      );
    } finally {
      await server.stop();
    }
  });

  it('does not exist in production, with and without a mail server', async () => {
    const production = {
      NODE_ENV: 'production',
      AUTH_URL: 'https://auth.example.com',
      API_URL: 'https://api.example.com',
    };
    for (const env of [production, { SMTP_URL: 'smtp://127.0.0.1:9' }]) {
      const server = await startAuthServer(env);
      try {
        await server.get('/dev/mailbox').expect(404);
        await server.get('/dev/mailbox', { accept: BROWSER }).expect(404);
        const home = await server.get('/', { accept: BROWSER }).expect(200);
        expect(home.text).not.toContain('mailbox');
      } finally {
        await server.stop();
      }
    }
  });
});

describe('GET / of the auth server', () => {
  it('shows a browser and other clients the available URLs', async () => {
    const server = await startAuthServer();
    try {
      const { body } = await server.get('/').expect(200);
      expect(body).toMatchObject({ documentation: 'http://localhost:8000/docs' });
      const page = await server.get('/', { accept: BROWSER }).expect(200);
      expect(page.text).toContain('href="http://localhost:8000/docs"');
      expect(page.text).toContain('href="/sign-in"');
    } finally {
      await server.stop();
    }
  });
});
