import { pbkdf2Sync } from 'node:crypto';

/** A hash of another system, as its documents or its tests have it. */
export interface HashVector {
  /** Where it comes from. */
  source: string;
  hash: string;
  password: string;
}

export const VECTORS: HashVector[] = [
  {
    source: 'bcrypt of libxcrypt',
    hash: '$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq',
    password: 'rasmuslerdorf',
  },
  {
    source: 'bcrypt of crypt_blowfish',
    hash: '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
    password: 'U*U',
  },
  {
    source: 'argon2i of the reference implementation',
    hash: '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA',
    password: 'password',
  },
  {
    source: 'scrypt of RFC 7914, section 12',
    hash: `$scrypt$ln=14,r=8,p=1$${base64('SodiumChloride', 'latin1')}$${base64(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
        'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
      'hex',
    )}`,
    password: 'pleaseletmein',
  },
  {
    source: 'PBKDF2 of Python',
    hash: '$pbkdf2-sha512$i=10000,l=64$MDEyMzQ1Njc4OWFiY2RlZg$vjR6vvzD/s/9O/bIA/kgyh6SABOPaeZp7to/TcV8715tIXzGxhV83hwbVa19Z6LWCS/stGXu36BY6wbUCiZo3w',
    password: 'password',
  },
];

/** https://github.com/firebase/scrypt, "Password hashing". */
export const FIREBASE = {
  parameters: {
    signerKey:
      'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
    saltSeparator: 'Bw==',
    rounds: 8,
    memCost: 14,
  },
  salt: '42xEC+ixf3L2lw==',
  passwordHash:
    'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  password: 'user1password',
};

/** A credential in the form of Keycloak's realm export. */
export function keycloakCredential(password: string) {
  const salt = Buffer.from('0123456789abcdef');
  const value = pbkdf2Sync(password, salt, 27_500, 64, 'sha256').toString('base64');
  return {
    type: 'password',
    secretData: JSON.stringify({ value, salt: salt.toString('base64'), additionalParameters: {} }),
    credentialData: JSON.stringify({ hashIterations: 27_500, algorithm: 'pbkdf2-sha256' }),
  };
}

function base64(text: string, encoding: BufferEncoding): string {
  return Buffer.from(text, encoding).toString('base64').replace(/=+$/, '');
}
