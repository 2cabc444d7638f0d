import { transformSync } from '@swc/core';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { compileFunction } from 'node:vm';

const ROOT = join(__dirname, '../..');

export interface GuideOptions {
  /** Texts of the guide, such as URLs, and what replaces each in the test. */
  replace: Record<string, string>;
  /** Values that the platform of the code has: `location`, `sessionStorage`. */
  globals?: Record<string, unknown>;
  /** Loads packages: `require` of the test, so that jest resolves them. */
  load: (name: string) => unknown;
}

type Exports = Record<string, unknown>;

/** The code of a guide: TypeScript blocks, each after the name of its file (**`src/main.ts`**). */
export class GuideCode {
  private readonly files: Map<string, string>;
  private readonly loaded = new Map<string, Exports>();

  constructor(
    guide: string,
    private readonly options: GuideOptions,
  ) {
    const text = readFileSync(join(ROOT, 'docs/guides', guide), 'utf8');
    const blocks = text.matchAll(/^\*\*`(\S+)`\*\*\n\n```ts\n(.*?)^```/gms);
    this.files = new Map([...blocks].map(([, name, code]) => [name!, code!]));
  }

  get names(): string[] {
    return [...this.files.keys()];
  }

  /** @returns what the file exports; each file runs once. */
  load(name: string): unknown {
    const known = this.loaded.get(name);
    if (known) return known;
    const exports: Exports = {};
    this.loaded.set(name, exports);
    const values = {
      require: (specifier: string) => this.resolve(specifier, name),
      exports,
      // The one of the moment: a page replaces it.
      fetch: (...call: Parameters<typeof fetch>) => globalThis.fetch(...call),
      ...this.options.globals,
    };
    const run = compileFunction(this.compile(name), Object.keys(values));
    Reflect.apply(run, undefined, Object.values(values));
    return exports;
  }

  private resolve(specifier: string, from: string): unknown {
    if (!specifier.startsWith('.')) return this.options.load(specifier);
    return this.load(`${normalize(join(dirname(from), specifier))}.ts`);
  }

  private compile(name: string): string {
    let code = this.files.get(name);
    if (code === undefined) throw new Error(`the guide has no file ${name}`);
    for (const [text, value] of Object.entries(this.options.replace)) {
      code = code.replaceAll(text, value);
    }
    return transformSync(code, {
      filename: name,
      swcrc: false,
      module: { type: 'commonjs' },
      jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    }).code;
  }
}
