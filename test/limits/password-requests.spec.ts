import { hasPassword, ownerOf } from '../../runtime/network/password-requests';

const COOKIE = 'better-auth.session_token=a.signature';
const cookieIs = (cookie: string) => (name: string) => (name === 'cookie' ? cookie : undefined);

it.each([{ password: '' }, { newPassword: 'x' }, { currentPassword: 'x' }])(
  '%j contains a password: an empty one is hashed as well',
  (body) => expect(hasPassword(body)).toBe(true),
);

it.each([null, {}, { password: ['x'] }, 'password'])('%j contains no password', (body) => {
  expect(hasPassword(body)).toBe(false);
});

describe('the account of a request', () => {
  const ownerAt = (path: string, body: object, header = cookieIs(COOKIE)) =>
    ownerOf({ path, body, header });

  it('is named by the field that the path reads', () => {
    const body = { email: 'A@example.com', userId: '1', token: '2' };
    const victim = ownerAt('/sign-in/email', { email: 'a@example.com' });
    expect(ownerAt('/sign-in/email', body)).toBe(victim);
    expect(ownerAt('/reset-password', body)).toBe(ownerAt('/reset-password', { token: '2' }));
    expect(ownerAt('/reset-password', body)).not.toBe(victim);
  });

  it('is that of the session elsewhere, also when the body names another one', () => {
    const own = ownerAt('/change-password', {});
    expect(own).not.toBe('');
    expect(ownerAt('/change-password', { email: 'b@example.com', userId: '1' })).toBe(own);
    expect(ownerAt('/constructor', {})).toBe(own);
  });

  it('is the same with each form of its session token', () => {
    const own = ownerAt('/change-password', {});
    for (const cookie of [`x=1; ${COOKIE}`, `__Secure-${COOKIE}`, COOKIE.replace('a.s', 'a%2Es')]) {
      expect(ownerAt('/change-password', {}, cookieIs(cookie))).toBe(own);
    }
    const bearer = (name: string) => ({ authorization: 'bearer a', cookie: 'x=1' })[name];
    expect(ownerAt('/change-password', {}, bearer)).toBe(own);
    const jwt = (signature: string) => (name: string) =>
      name === 'authorization' ? `Bearer header.payload.${signature}` : undefined;
    expect(ownerAt('/change-password', {}, jwt('s1'))).not.toBe(
      ownerAt('/change-password', {}, jwt('s2')),
    );
    const made = (token: string) => (name: string) =>
      ({ authorization: `Bearer ${token}`, cookie: COOKIE })[name];
    expect(ownerAt('/change-password', {}, made('x1.y'))).toBe(
      ownerAt('/change-password', {}, made('x2.y.z')),
    );
    const basic = (name: string) => ({ authorization: 'Basic eDp5', cookie: COOKIE })[name];
    expect(ownerAt('/change-password', {}, basic)).toBe(own);
  });

  it('is none for an administrator, and one for all requests that name none', () => {
    expect(ownerAt('/admin/set-user-password', { userId: '1' })).toBe('');
    expect(ownerAt('/change-password', {}, cookieIs('x=1'))).toBe('');
    const unnamed = ownerAt('/reset-password', { newPassword: 'x' });
    expect(unnamed).not.toBe('');
    expect(ownerAt('/reset-password', { token: '' })).toBe(unnamed);
  });

  it('takes little memory', () => {
    const email = `${'a'.repeat(99_000)}@example.com`;
    expect(ownerAt('/sign-in/email', { email }).length).toBeLessThan(50);
  });
});
