import { isEasilyGuessed } from '../../auth-server/password/password-rules';

const ADA = { email: 'ada.lovelace@analytical.example', name: 'Ada Lovelace' };

describe('a common password', () => {
  it.each([
    ['common words', ['password', 'iloveyou', 'sunshine', 'Liverpool', 'SUPERMAN', 'letmein!']],
    [
      'with digits and marks around them',
      ['Password1', 'dragon1987', '123monkey', '!!welcome2024!'],
    ],
    ['in lookalikes', ['p@ssw0rd', 'Pa$$w0rd1!', 'dr4g0n2024', 'f00tball', '5up3rman']],
    ['said twice', ['monkeymonkey', 'dragondragon', 'lovelovelove']],
    ['with blanks in between', ['pass word', 'i love you', 'let me in 123']],
    ['repetitions', ['aaaaaaaa', '12121212', 'abcabcabc', '!!!!!!!!', '        ']],
    [
      'slides over the keyboard',
      [
        '12345678',
        '87654321',
        'qwertyuiop',
        'asdfghjkl',
        '1qaz2wsx',
        'qwer1234',
        'zaq1xsw2',
        'abcd1234',
        '1q2w3e4r5t',
      ],
    ],
    ['dates', ['19870512', '12051987', '05121987', '1987-05-12']],
    ['the name of the service', ['gatehouse', 'Gatehouse1!', 'g4teh0use']],
    [
      'their own words',
      [
        'adalovelace',
        'Ada.Lovelace1815',
        'lovelace1',
        'lovelaceada',
        'ada.lovelace@analytical.example',
        'analytical99',
      ],
    ],
    ['full-width letters', ['ｐａｓｓｗｏｒｄ']],
  ])('is refused: %s', (_kind, passwords) => {
    expect(passwords.filter((password) => !isEasilyGuessed(password, ADA))).toEqual([]);
  });
});

describe('another password', () => {
  it.each([
    'correct horse battery staple',
    'the first administrator',
    'a password of a user',
    'not the password',
    'a quite different password',
    'pässwörter sind länger',
    'Tr0ub4dor&3',
    'xkWq7pLm',
    'zebra tango 44 lamp',
    '日本語のパスワード',
    'пароль моей бабушки',
    '%&$/)(=?',
    '8317264905',
    'lovelace wrote the first program',
  ])('is accepted: %s', (password) => {
    expect(isEasilyGuessed(password, ADA)).toBe(false);
  });

  it('is accepted when the user is unknown', () => {
    expect(isEasilyGuessed('lovelace1', { email: '', name: '' })).toBe(false);
  });
});
