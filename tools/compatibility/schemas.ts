import type { BreakingChange, Rule } from './breaking-change';
import { type OpenApiDocument, resolve, type Schema } from './open-api';

/** Requests must stay valid, responses must stay compatible. */
export type Direction = 'request' | 'response';

interface Context {
  direction: Direction;
  released: OpenApiDocument;
  current: OpenApiDocument;
  /** Properties of the parent schemas: a recursive schema ends here. */
  path?: Schema['properties'][];
}

interface Pair {
  place: string;
  before: Schema | undefined;
  after: Schema | undefined;
}

type Resolved = { place: string; before: Schema; after: Schema };

export function compareSchemas({ place, before, after }: Pair, context: Context): BreakingChange[] {
  const { released, current, path = [] } = context;
  if (!before && !after) return [];
  // Without a schema every value is valid.
  const pair = {
    place,
    before: resolve(before ?? {}, released),
    after: resolve(after ?? {}, current),
  };
  const { properties } = pair.before;
  if (properties && path.includes(properties)) return [];
  // With the former path: the schema itself is compared with each alternative.
  if (membersOf(pair.before) || membersOf(pair.after)) return compareUnions(pair, context);
  const inside = { ...context, path: [...path, properties] };
  const own = compareValues(pair, inside);
  // The content of another type is not compared.
  if (own.some(({ rule }) => rule === 'type-changed')) return own;
  return [...own, ...compareProperties(pair, inside), ...compareMembers(pair, inside)];
}

/** Items of lists, and values of maps. */
function compareMembers({ place, before, after }: Resolved, context: Context): BreakingChange[] {
  const isBoth = (type: string) =>
    [before, after].every((schema) => typesOf(schema).includes(type));
  return [
    ...(isBoth('array')
      ? compareSchemas({ place: `${place}[]`, before: before.items, after: after.items }, context)
      : []),
    ...(isBoth('object')
      ? compareSchemas(
          { place: `${place} .*`, before: valueOf(before), after: valueOf(after) },
          context,
        )
      : []),
  ];
}

function typesOf({ type }: Schema): string[] {
  return [type ?? []].flat();
}

function valueOf({ additionalProperties }: Schema): Schema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

function membersOf({ anyOf, oneOf }: Schema): Schema[] | undefined {
  return anyOf ?? oneOf;
}

/** Each alternative of one side has a compatible counterpart on the other. */
function compareUnions({ place, before, after }: Resolved, context: Context): BreakingChange[] {
  const old = membersOf(before) ?? [before];
  const now = membersOf(after) ?? [after];
  const fits = (one: Schema, other: Schema) =>
    compareSchemas({ place, before: one, after: other }, context).length === 0;
  const isFine =
    context.direction === 'request'
      ? old.every((member) => now.some((other) => fits(member, other)))
      : now.every((member) => old.some((other) => fits(other, member)));
  return isFine ? [] : [{ rule: 'alternative-changed', place }];
}

const UPPER_LIMITS = ['maxLength', 'maxItems', 'maximum', 'exclusiveMaximum'] as const;
const LOWER_LIMITS = ['minLength', 'minItems', 'minimum', 'exclusiveMinimum'] as const;
const FORMS = ['pattern', 'format'] as const;

function compareValues({ place, before, after }: Resolved, { direction }: Context) {
  const when = (broken: boolean, rule: Rule): BreakingChange[] => (broken ? [{ rule, place }] : []);
  const [wide, narrow] = direction === 'request' ? [after, before] : [before, after];
  const typeChanged = !includesTypes(wide, narrow);
  if (direction === 'response') {
    const isOther = before.const !== undefined && before.const !== after.const;
    const lostForm = FORMS.some(
      (form) => before[form] !== undefined && before[form] !== after[form],
    );
    return [...when(typeChanged || isOther, 'type-changed'), ...when(lostForm, 'form-changed')];
  }
  const isNarrower =
    UPPER_LIMITS.some((limit) => (after[limit] ?? Infinity) < (before[limit] ?? Infinity)) ||
    LOWER_LIMITS.some((limit) => (after[limit] ?? -Infinity) > (before[limit] ?? -Infinity));
  const hasNewForm = FORMS.some(
    (form) => after[form] !== undefined && after[form] !== before[form],
  );
  return [
    ...when(typeChanged, 'type-changed'),
    ...when(!includesValues(after, before), 'values-narrowed'),
    ...when(isNarrower, 'limit-narrowed'),
    ...when(hasNewForm, 'form-changed'),
  ];
}

function includesTypes(wide: Schema, narrow: Schema): boolean {
  if (wide.type === undefined) return true;
  const types = [wide.type].flat();
  if (narrow.type === undefined) return false;
  return [narrow.type]
    .flat()
    .every((type) => types.includes(type) || (type === 'integer' && types.includes('number')));
}

function includesValues(wide: Schema, narrow: Schema): boolean {
  const values = valuesOf(wide);
  if (!values) return true;
  return valuesOf(narrow)?.every((value) => values.includes(value)) ?? false;
}

function valuesOf(schema: Schema): unknown[] | undefined {
  return schema.const === undefined ? schema.enum : [schema.const];
}

function compareProperties({ place, before, after }: Resolved, context: Context): BreakingChange[] {
  const old = Object.entries(before.properties ?? {});
  const now = after.properties ?? {};
  const at = (name: string) => `${place} .${name}`;
  const all = (rule: Rule, names: string[]) => names.map((name) => ({ rule, place: at(name) }));
  const removed = old.map(([name]) => name).filter((name) => !Object.hasOwn(now, name));
  const required = (after.required ?? []).filter((name) => !before.required?.includes(name));
  const optional = (before.required ?? []).filter(
    (name) => !after.required?.includes(name) && !removed.includes(name),
  );
  const own =
    context.direction === 'request'
      ? [
          ...all('property-required', required),
          ...all('property-refused', after.additionalProperties === false ? removed : []),
        ]
      : [...all('property-removed', removed), ...all('property-optional', optional)];
  const below = old.flatMap(([name, schema]) =>
    removed.includes(name)
      ? []
      : compareSchemas({ place: at(name), before: schema, after: now[name] }, context),
  );
  return [...own, ...below];
}
