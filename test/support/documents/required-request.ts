import type { RawRequest } from '../raw-http';
import { type OpenApiDocument, type Operation, operationsOf, resolveReference } from './openapi';

type Json = Record<string, unknown>;

/**
 * A request for the operation with each field and parameter that the document requires, and each
 * parameter of the query. Fields of a known name get the known value.
 */
export function requiredRequest(
  document: OpenApiDocument,
  name: string,
  known: Json = {},
): RawRequest & { method: string; headers: Record<string, string>; body?: string } {
  const [method, path] = name.split(' ') as [string, string];
  const { requestBody, parameters = [] } = operationsOf(document).get(name) ?? ({} as Operation);
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const filler = new Filler(document, known);
  const query = new URLSearchParams();
  for (const { in: place, name: key, schema } of parameters) {
    if (place === 'query') query.set(key, String(known[key] ?? filler.fill(schema)));
  }
  const fields = filler.fill(media?.schema ?? {}) as Json;
  const isForm = type === 'application/x-www-form-urlencoded';
  const form = () => new URLSearchParams(fields as Record<string, string>).toString();
  return {
    method,
    path: `${path.replaceAll(/\{\w+\}/g, 'x')}?${query.toString()}`,
    headers: type ? { 'content-type': type } : {},
    ...(media && { body: isForm ? form() : JSON.stringify(fields) }),
  };
}

class Filler {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly known: Json,
  ) {}

  /** A value of the schema, with the fields that it requires. */
  fill(schema: Json): unknown {
    if (typeof schema.$ref === 'string') {
      return this.fill(resolveReference(this.document, schema.$ref) as Json);
    }
    const [member] = (schema.anyOf ?? schema.oneOf ?? []) as Json[];
    if (member) return this.fill(member);
    if (Array.isArray(schema.enum)) return schema.enum[0];
    switch ([schema.type].flat()[0]) {
      case 'object':
        return this.fillObject(schema);
      case 'array':
        return [];
      case 'boolean':
        return true;
      case 'number':
      case 'integer':
        return 1;
      default:
        return 'x';
    }
  }

  private fillObject({ properties = {}, required = [] }: Json): Json {
    const schemas = properties as Record<string, Json>;
    return Object.fromEntries(
      (required as string[]).map((field) => [
        field,
        this.known[field] ?? this.fill(schemas[field] ?? {}),
      ]),
    );
  }
}
