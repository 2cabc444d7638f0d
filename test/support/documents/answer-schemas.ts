import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { OpenApiDocument } from './openapi';

/** Validates values by the schemas of a document, each found by its JSON pointer. */
export class AnswerSchemas {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(document: OpenApiDocument) {
    addFormats(this.ajv);
    this.ajv.addSchema({ ...document, $id: 'document' });
  }

  /** Errors of the value by the schema at the pointer; an empty list when it is valid. */
  faultsOf(place: (string | number)[], value: unknown): string[] {
    const reference = `document#/${place.map(toSegment).join('/')}`;
    let validate = this.compiled.get(reference);
    if (!validate) {
      validate = this.ajv.compile({ $ref: reference });
      this.compiled.set(reference, validate);
    }
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || '/'} ${message}`,
    );
  }
}

/** RFC 6901, section 6: a pointer in a fragment is escaped twice. */
function toSegment(segment: string | number): string {
  return encodeURIComponent(String(segment).replaceAll('~', '~0').replaceAll('/', '~1'));
}
