import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { StartError } from '../../runtime/start-error';

/** The operating system account of PostgreSQL, when it differs from the current one. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. Root uses the account that owns the data, or else `postgres`,
 * which is created when it is missing. @returns `null` for all users except root.
 */
export function findServerAccount(data: string, log: (line: string) => void): ServerAccount | null {
  if (process.getuid?.() !== 0) return null;
  if (existsSync(data)) {
    const { uid, gid } = statSync(data);
    if (uid !== 0) return { uid, gid };
  }
  return accountNamed('postgres') ?? createAccount('postgres', log);
}

function accountNamed(name: string): ServerAccount | null {
  const ask = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const [uid, gid] = [ask('-u'), ask('-g')];
  return uid.status === 0 && gid.status === 0
    ? { uid: Number(uid.stdout), gid: Number(gid.stdout) }
    : null;
}

function createAccount(name: string, log: (line: string) => void): ServerAccount {
  log(`PostgreSQL does not run as root: adding the system account "${name}" for it`);
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false'];
  const { status } = spawnSync('useradd', [...options, name]);
  const account = status === 0 ? accountNamed(name) : null;
  if (account) return account;
  throw new StartError(
    `The system account "${name}" could not be added. Start as an ordinary user, or set DATABASE_URL.`,
  );
}

/** The kernel decides for the account: file modes alone miss ACLs and mount options. */
export function canEnter(account: ServerAccount | null, folder: string): boolean {
  if (!account) return true;
  return spawnSync('/bin/sh', ['-c', 'test -x "$1/."', 'sh', folder], { ...account }).status === 0;
}
