import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { NODE_FLAGS } from '../../launcher/services/service';
import {
  readManifestFile,
  readManifests,
  schemaFaults,
  unknownFields,
  type Manifest,
} from './manifests';
import {
  type ProcessName,
  processesOf,
  SETTING_DEFINITIONS,
  type SettingDefinition,
} from '../../runtime/settings/definitions';
import { STOP_LIMIT_MS } from '../../runtime/lifecycle/http-stop';
import { loadSettings } from '../../runtime/settings/load';
import { toThreads } from '../../runtime/threads/thread-pool';

const MANIFESTS = readManifests();
const POD_OWNERS = MANIFESTS.filter(({ spec }) => spec?.template);
const NAMES = POD_OWNERS.map(({ metadata }) => metadata.name);
const DEFINITIONS = SETTING_DEFINITIONS as Record<string, SettingDefinition>;

/** "Each process holds less than 300 MB": docs/operations/README.md. */
const WITHOUT_HASHES = 300e6;

const SECRETS = {
  DATABASE_URL: 'postgres://gatehouse:password@database/gatehouse',
  INTERNAL_SECRET: 'another test secret of more than 32 characters',
};
const AUTH_SECRETS = {
  BETTER_AUTH_SECRET: 'a test secret of more than 32 characters',
  ADMIN_PASSWORD: 'a long passphrase',
};

describe('deploy/kubernetes', () => {
  it('follows the schemas of Kubernetes', () => {
    const all = [...MANIFESTS, ...readManifestFile('ingress.yaml')];
    expect(schemaFaults(all)).toEqual([]);
    expect(unknownFields(all)).toEqual([]);
  });

  it('is checked by schemas that refuse a wrong type and a missing field', () => {
    const deployment = MANIFESTS.find(({ kind }) => kind === 'Deployment')!;
    const wrong = { ...deployment, spec: { ...deployment.spec, replicas: 'two' } };
    const { selector: _left, ...rest } = deployment.spec!;
    expect(schemaFaults([wrong, { ...deployment, spec: rest }])).toHaveLength(2);
  });

  it('is checked by types that refuse an unknown field', () => {
    const deployment = MANIFESTS.find(({ kind }) => kind === 'Deployment')!;
    const misspelt = { ...deployment, spec: { ...deployment.spec, replica: 2 } };
    expect(unknownFields([misspelt]).join()).toContain('"replica"');
  });

  it('has the three processes, and for the servers a service, a budget and an autoscaler', () => {
    expect(NAMES).toEqual(['migrate', 'auth', 'api']);
    for (const name of ['auth', 'api']) {
      const kinds = MANIFESTS.filter(({ metadata }) => metadata.name === name).map(
        ({ kind }) => kind,
      );
      expect(kinds.toSorted()).toEqual([
        'Deployment',
        'HorizontalPodAutoscaler',
        'NetworkPolicy',
        'PodDisruptionBudget',
        'Service',
      ]);
    }
  });

  it.each(NAMES)('runs %s without root, rights, a writable file system or an API token', (name) => {
    const pod = podOf(name);
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const { securityContext, resources } of pod.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources?.limits?.memory).toMatch(/^\d+Mi$/);
    }
  });

  it('leaves the number of replicas to the autoscalers, also when it is applied again', () => {
    const deployments = MANIFESTS.filter(({ kind }) => kind === 'Deployment');
    expect(deployments.map(({ spec }) => spec!.replicas)).toEqual([undefined, undefined]);
    const autoscalers = MANIFESTS.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
    expect(autoscalers.map(({ spec }) => spec!.minReplicas)).toEqual([2, 2]);
  });

  it('gives an auth server the memory of all password hashes that it computes at once', () => {
    const { memory } = settingsOf('auth').passwordHashCost;
    const hashes = toThreads(64).hashes * memory * 1_024;
    expect(memoryLimitOf('auth')).toBeGreaterThan(WITHOUT_HASHES + hashes);
  });

  it.each(['auth', 'api'])('has alerts that come before the memory of %s is full', (name) => {
    const resident = new RegExp(`process="${name}"} > (\\S+)`);
    expect(numberIn('GatehouseMemory', resident)).toBeLessThan(memoryLimitOf(name));
    expect(numberIn('GatehouseHeap', /> (\S+)$/)).toBeLessThan(largestHeapOf(name) - 0.05);
  });

  it.each(['auth', 'api'])('probes %s and gives it time to stop', (name) => {
    const [container] = podOf(name).containers;
    expect(container).toMatchObject({
      startupProbe: { httpGet: { path: '/health/live' } },
      livenessProbe: { httpGet: { path: '/health/live' } },
      readinessProbe: { httpGet: { path: '/health/ready' } },
    });
    const { shutdownDelay } = settingsOf(name as ProcessName);
    const stopSeconds = (shutdownDelay + STOP_LIMIT_MS) / 1_000;
    expect(podOf(name).terminationGracePeriodSeconds).toBeGreaterThan(stopSeconds);
  });

  it.each(NAMES as ProcessName[])('gives %s settings that it accepts, and no other', (name) => {
    const environment = environmentOf(name);
    const foreign = Object.keys(environment).filter(
      (key) => !DEFINITIONS[key] || !processesOf(DEFINITIONS[key]).includes(name),
    );
    expect(foreign).toEqual([]);
    expect(() => settingsOf(name)).not.toThrow();
  });

  it('has an ingress with TLS for the URLs of the settings, to ports that the services have', () => {
    const [ingress] = readManifestFile('ingress.yaml');
    const { tls, rules } = ingress!.spec as unknown as IngressSpec;
    const { AUTH_URL, API_URL } = environmentOf('api');
    const backends = rules.map(({ host, http }) => [host, http.paths[0]!.backend.service]);
    const port = { name: 'http' };
    expect(backends).toEqual([
      [new URL(AUTH_URL!).host, { name: 'auth', port }],
      [new URL(API_URL!).host, { name: 'api', port }],
    ]);
    expect(tls.flatMap(({ hosts }) => hosts)).toEqual(rules.map(({ host }) => host));
    for (const { spec } of MANIFESTS.filter(({ kind }) => kind === 'Service')) {
      expect(spec).toMatchObject({ ports: [port] });
    }
  });

  it('opens the ports that the settings name', () => {
    const { AUTH_PORT, API_PORT, METRICS_PORT } = environmentOf('auth');
    const portsOf = (name: string) =>
      podOf(name).containers[0]!.ports!.map(({ containerPort }) => String(containerPort));
    expect(portsOf('auth')).toEqual([AUTH_PORT, METRICS_PORT]);
    expect(portsOf('api')).toEqual([API_PORT, METRICS_PORT]);
  });

  it('keeps the secrets of the auth server from the API', () => {
    const sources = podOf('api').containers[0]!.envFrom!;
    expect(sources.map((source) => Object.values(source)[0]!.name)).not.toContain('gatehouse-auth');
  });

  it('gives the URL of the owner of the database to the migrations alone', () => {
    const secretsOf = (name: string) => {
      const { env = [], envFrom = [] } = podOf(name).containers[0]!;
      return JSON.stringify([env, envFrom]).match(/gatehouse-(migrate|auth|api)(?=")/g);
    };
    expect(new Set(secretsOf('migrate'))).toEqual(new Set(['gatehouse-migrate']));
    expect(secretsOf('auth')).not.toContain('gatehouse-migrate');
    expect(secretsOf('api')).toEqual(['gatehouse-api']);
  });
});

interface IngressSpec {
  tls: { hosts: string[] }[];
  rules: { host: string; http: { paths: { backend: { service: object } }[] } }[];
}

function memoryLimitOf(name: string): number {
  return parseInt(podOf(name).containers[0]!.resources!.limits!.memory!, 10) * 2 ** 20;
}

function numberIn(alert: string, pattern: RegExp): number {
  const { groups } = parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const rule = groups.flatMap(({ rules }) => rules).find((one) => one.alert === alert);
  return Number(pattern.exec(rule?.expr ?? '')?.[1]);
}

/** Fills its heap, and writes the share of the limit that is used, until Node.js ends it. */
const LEAK = `
  const limit = require('v8').getHeapStatistics().heap_size_limit;
  const kept = [];
  setInterval(() => {
    for (let i = 0; i < 20_000; i += 1) kept.push({ i, list: [i] });
    require('fs').writeSync(1, process.memoryUsage().heapUsed / limit + '\\n');
  }, 0);
`;

/** In its pod, where Node.js takes half the memory for old objects. */
function largestHeapOf(name: string): number {
  const half = `--max-old-space-size=${memoryLimitOf(name) / 2 ** 21}`;
  const { stdout } = spawnSync(process.execPath, [...NODE_FLAGS, half, '-e', LEAK], {
    encoding: 'utf8',
  });
  return Math.max(...stdout.trim().split('\n').map(Number));
}

/** What the process reads in its pod. */
function settingsOf(name: ProcessName) {
  const secrets = name === 'auth' ? { ...SECRETS, ...AUTH_SECRETS } : SECRETS;
  return loadSettings({ ...environmentOf(name), ...secrets }, name);
}

function podOf(name: string) {
  return POD_OWNERS.find(({ metadata }) => metadata.name === name)!.spec!.template!.spec;
}

function environmentOf(name: string): Record<string, string> {
  const [container] = podOf(name).containers;
  const maps = (container!.envFrom ?? []).flatMap(({ configMapRef }) => configMapRef?.name ?? []);
  const data = maps.map((map) => configMap(map).data ?? {});
  const own = (container!.env ?? []).flatMap(({ name: key, value }) =>
    value === undefined ? [] : [[key, value]],
  );
  return Object.assign({}, serviceLinks(podOf(name)), ...data, Object.fromEntries(own)) as Record<
    string,
    string
  >;
}

/** What the kubelet sets in each pod that does not refuse it, among them `AUTH_PORT`. */
function serviceLinks({ enableServiceLinks = true }: { enableServiceLinks?: boolean }) {
  const services = MANIFESTS.filter(({ kind }) => kind === 'Service' && enableServiceLinks);
  const links = services.map(({ metadata }) => [
    `${metadata.name.toUpperCase()}_PORT`,
    'tcp://10.96.12.7:80',
  ]);
  return Object.fromEntries(links) as Record<string, string>;
}

function configMap(name: string): Manifest {
  return MANIFESTS.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)!;
}
