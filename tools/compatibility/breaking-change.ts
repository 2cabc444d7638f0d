/** A change that breaks clients of the released document. */
export interface BreakingChange {
  rule: Rule;
  /** Operation and place in it, for example `GET /api/v1/users/me 200 .email`. */
  place: string;
}

export type Rule =
  | 'operation-removed'
  | 'operation-renamed'
  | 'parameter-removed'
  | 'parameter-required'
  | 'body-required'
  | 'media-type-removed'
  | 'security-stricter'
  | 'response-removed'
  | 'response-added'
  | 'header-removed'
  | 'problem-code-removed'
  | 'type-changed'
  | 'values-narrowed'
  | 'limit-narrowed'
  | 'form-changed'
  | 'property-required'
  | 'property-refused'
  | 'property-removed'
  | 'property-optional'
  | 'alternative-changed';

/** As it is declared and reported. */
export function describeChange({ rule, place }: BreakingChange): string {
  return `${rule}: ${place}`;
}
