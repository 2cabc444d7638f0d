import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { System } from '../support/system';

/** Functions, operators and words of PromQL are no names of metrics. */
const WORDS = ['and', 'bool', 'by', 'ignoring', 'on', 'or', 'unless', 'without'];
/** Written by Prometheus itself for each target. */
const OWN_METRICS = ['up'];

interface AlertFile {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
}

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

describe('the files for monitoring', () => {
  let system: System;
  const exposed = new Set(OWN_METRICS);
  /** The labels of each metric, with their values: `name{label="value"}`, and `name{label` alone. */
  const labels = new Set(OWN_METRICS.map((name) => `${name}{job`));
  /** Without the default metrics of the library: `process_*`, `nodejs_*`. */
  const own = new Set<string>();

  beforeAll(async () => {
    // With a mail server the length of the queue is measured.
    system = await System.start({ env: { SMTP_URL: 'smtp://127.0.0.1:9' } });
    for (const url of [system.apiUrl, system.settings.authUrl]) {
      await (await fetch(`${url}/health/ready`)).text();
      const text = await (await fetch(`${url}/metrics`)).text();
      for (const name of metricNames(text)) exposed.add(name);
      for (const { name, label, value } of labelsIn(text)) {
        labels.add(`${name}{${toStored(label)}`).add(`${name}{${toStored(label)}="${value}"`);
      }
      for (const [, name] of text.matchAll(/^# TYPE (\S+) /gm)) {
        if (!/^(process|nodejs)_/.test(name!)) own.add(name!);
      }
    }
  });

  afterAll(() => system.stop());

  it('know metrics of both processes', () => {
    expect([...exposed]).toEqual(
      expect.arrayContaining(['gatehouse_access_mode', 'mail_queue_length']),
    );
  });

  it('has alerts only for metrics that the processes expose', () => {
    const { groups } = parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')) as AlertFile;
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.flatMap(({ alert, expr }) => unknownMetrics(alert, expr))).toEqual([]);
  });

  it('has panels only for metrics that the processes expose', () => {
    const { panels } = JSON.parse(
      readFileSync('deploy/grafana/gatehouse.json', 'utf8'),
    ) as Dashboard;
    expect(panels.length).toBeGreaterThan(5);
    const unknown = panels.flatMap(({ title, targets }) =>
      targets.flatMap(({ expr }) => unknownMetrics(title, expr)),
    );
    expect(unknown).toEqual([]);
  });

  it('has selectors only for labels and values that the processes expose', () => {
    const { groups } = parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')) as AlertFile;
    const { panels } = JSON.parse(
      readFileSync('deploy/grafana/gatehouse.json', 'utf8'),
    ) as Dashboard;
    const expressions = [
      ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const selected = expressions.flatMap(selectorsIn);
    expect(selected).toContain('gatehouse_access_mode{mode="strict"');
    expect(selected.filter((selector) => !labels.has(selector))).toEqual([]);
  });

  it('finds a name that is not exposed', () => {
    expect(unknownMetrics('x', 'sum by (process) (rate(gone_total{a="b"}[5m])) > 1')).toEqual([
      'x: gone_total',
    ]);
  });

  it('describes every alert for operators', () => {
    const { groups } = parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')) as AlertFile;
    const page = readFileSync('docs/operations/monitoring.md', 'utf8');
    const names = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('lists every metric of the processes for operators, and no other', () => {
    const page = readFileSync('docs/operations/monitoring.md', 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name!);
    const names = listed.filter((name) => !name.startsWith('Gatehouse'));
    expect(names.toSorted()).toEqual([...own].toSorted());
  });

  function unknownMetrics(source: string, expression: string): string[] {
    return namesIn(expression)
      .filter((name) => !exposed.has(name))
      .map((name) => `${source}: ${name}`);
  }
});

/** Prometheus keeps the label `job` for the name of its scrape job. */
function toStored(label: string): string {
  return label === 'job' ? 'exported_job' : label;
}

const LABEL = /(\w+)(=~|!~|!=|=)"([^"]*)"/g;

function labelsIn(text: string): { name: string; label: string; value: string }[] {
  return [...text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)].flatMap(([, name, list]) =>
    [...list!.matchAll(LABEL)].map(([, label, , value]) => ({
      name: name!,
      label: label!,
      value: value!,
    })),
  );
}

/** A status or an outcome without a request or a run so far is not exposed. */
const VALUES_BY_CHANCE = ['status', 'outcome'];

/** The labels that an expression selects by; with the value, where it is one of a closed list. */
function selectorsIn(expression: string): string[] {
  return [...expression.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, name, list]) =>
    [...list!.matchAll(LABEL)].map(([, label, operator, value]) => {
      const isValue = operator === '=' && !VALUES_BY_CHANCE.includes(label!);
      return `${name}{${label}${isValue ? `="${value}"` : ''}`;
    }),
  );
}

/** A histogram has three names beside the one in its `# TYPE` line. */
function metricNames(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name!],
  );
}

function namesIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, '');
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*\b(?!\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !WORDS.includes(name) && !/^e\d+$/.test(name));
}
