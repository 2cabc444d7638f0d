import { isIncluded, parseRules } from '../../tools/image/build-context';
import { interpolate, parseComposeFile } from '../../tools/image/compose-file';
import { parseDockerfile, parseExecForm } from '../../tools/image/dockerfile';
import { buildImage } from '../../tools/image/image-build';

describe('the reader of .dockerignore', () => {
  const rules = parseRules('# comment\n*\n!src/\n!package.json\n**/*.spec.ts\n');

  it.each(['src/main.ts', 'src/auth/guard.ts', 'package.json'])('lets %s through', (file) => {
    expect(isIncluded(file, rules)).toBe(true);
  });

  it.each(['README.md', 'test/a.ts', 'src/auth/guard.spec.ts', 'other/package.json'])(
    'keeps %s back',
    (file) => expect(isIncluded(file, rules)).toBe(false),
  );
});

describe('the reader of a Dockerfile', () => {
  it('joins continued lines and knows the stages by name', () => {
    const { stages } = parseDockerfile(
      'FROM node:24 AS base\n# a comment\nLABEL a="b" \\\n  c="d"\nFROM base AS last\nUSER node\n',
    );
    expect(stages).toEqual([
      {
        name: 'base',
        base: 'node:24',
        instructions: [{ keyword: 'LABEL', argument: 'a="b"    c="d"' }],
      },
      { name: 'last', base: 'base', instructions: [{ keyword: 'USER', argument: 'node' }] },
    ]);
  });

  it('refuses an instruction before the first stage, which would have no effect', () => {
    expect(() => parseDockerfile('ARG V=24\nFROM node:${V} AS base\n')).toThrow(
      'before the first FROM: ARG',
    );
  });

  it('refuses an entry point in shell form, which would not get signals', () => {
    expect(() => parseExecForm('"node main.js"')).toThrow('not a list of texts');
  });

  it('refuses an instruction that it cannot carry out', () => {
    const dockerfile = parseDockerfile('FROM scratch AS only\nONBUILD RUN true\n');
    expect(() => buildImage({ dockerfile, context: '.', directory: '/tmp' })).toThrow(
      'ONBUILD is not supported',
    );
  });
});

describe('the reader of a compose file', () => {
  it.each([
    ['${A:-x}', 'x'],
    ['${SET:-x}', 'value'],
    ['${A:-${SET:-x}}/y', 'value/y'],
    ['${SET:?is missing}', 'value'],
  ])('makes %s into %s', (text, expected) => {
    expect(interpolate(text, { SET: 'value' })).toBe(expected);
  });

  it('refuses a required variable without a value', () => {
    expect(() => interpolate('${A:?is missing}', {})).toThrow('A is missing');
  });

  it('a key beside a merge replaces the merged one', () => {
    const text =
      'x: &x { A: one, B: two }\ny: &y { B: three }\n' +
      'services: { s: { environment: { <<: [*y, *x], A: four } } }\n';
    expect(parseComposeFile(text, {}).s!.environment).toEqual({ A: 'four', B: 'three' });
  });
});
