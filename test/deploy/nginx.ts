import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { type Identity, makeIdentity } from '../support/servers/certificate';

const PROGRAM = '/usr/sbin/nginx';
const CONFIGURATION = join(__dirname, '../../deploy/nginx/gatehouse.conf');

export interface NginxOptions {
  /** Where nginx listens. */
  ports: { tls: number; plain: number };
  /** Host and port of each replica. */
  replicas: { auth: string[]; api: string[] };
}

/** nginx with `deploy/nginx/gatehouse.conf`. Needs Debian's package nginx. */
export class Nginx {
  private constructor(
    /** The certificate of both host names. */
    readonly certificate: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(options: NginxOptions): Promise<Nginx> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-nginx-'));
    const identity = await makeIdentity(['auth.example.com', 'api.example.com']);
    const file = writeFiles(folder, identity, options);
    const args = ['-c', file, '-p', folder, '-e', join(folder, 'error.log')];
    const child = spawn(PROGRAM, args, { stdio: 'inherit' });
    await once(child, 'spawn');
    const nginx = new Nginx(identity.cert, child, folder);
    await eventually(() => nginx.connectOnce(options.ports.tls));
    return nginx;
  }

  /** The lines of all requests. */
  get accessLog(): string {
    return readFileSync(join(this.folder, 'gatehouse.log'), 'utf8');
  }

  get errorLog(): string {
    return readFileSync(join(this.folder, 'gatehouse.error.log'), 'utf8');
  }

  async stop(): Promise<void> {
    const exited = this.child.exitCode === null ? once(this.child, 'exit') : null;
    this.child.kill('SIGTERM');
    await exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async connectOnce(port: number): Promise<void> {
    if (this.child.exitCode !== null) throw new Error('nginx has ended');
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
  }
}

/** The file of the project with the addresses of a test, and around it what Debian has. */
function writeFiles(folder: string, identity: Identity, { ports, replicas }: NginxOptions): string {
  const tls = join(folder, 'tls');
  mkdirSync(tls);
  for (const host of ['auth.example.com', 'api.example.com']) {
    writeFileSync(join(tls, `${host}.pem`), identity.cert);
    writeFileSync(join(tls, `${host}.key`), identity.key);
  }
  const servers = (addresses: string[]) =>
    addresses.map((address) => `server ${address} fail_timeout=2s;`).join('\n  ');
  const replaced: [string, string][] = [
    ['/etc/nginx/tls', tls],
    ['/var/log/nginx', folder],
    ['listen 80;', `listen 127.0.0.1:${ports.plain};`],
    ['listen 443 ', `listen 127.0.0.1:${ports.tls} `],
    ['server 127.0.0.1:3000 fail_timeout=2s;', servers(replicas.auth)],
    ['server 127.0.0.1:8000 fail_timeout=2s;', servers(replicas.api)],
  ];
  let text = readFileSync(CONFIGURATION, 'utf8');
  for (const [from, to] of replaced) {
    if (!text.includes(from)) throw new Error(`${CONFIGURATION} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const own = join(folder, 'gatehouse.conf');
  writeFileSync(own, text);
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, outerConfiguration(folder, own));
  return file;
}

function outerConfiguration(folder: string, file: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  return `daemon off;
pid ${join(folder, 'nginx.pid')};
worker_processes 2;
events { worker_connections 768; }
http {
  ${temporary.join('\n  ')}
  include ${file};
}
`;
}
