import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RoutePart } from './route-parts';

/** Metadata key: the description that {@link Deprecated} was given. */
export const DEPRECATION = Symbol('Deprecation');

export interface Deprecation {
  /** The day from which new clients should not use the route, e.g. `2026-11-23`. */
  since: string;
  /** The day on which the route is removed; not before `since`. */
  sunset?: string;
  /** Page that says what to use instead. */
  link?: string;
}

/**
 * Adds headers to every answer of a route, also to refusals: `Deprecation` (RFC 9745), `Sunset`
 * (RFC 8594) and a `Link` to instructions. The operation in the OpenAPI document is marked too. The
 * route works until it is removed.
 *
 * @throws when a day is invalid, or the removal is before the deprecation.
 */
export function Deprecated(deprecation: Deprecation): MethodDecorator {
  const headers = toDeprecationHeaders(deprecation);
  return applyDecorators(
    SetMetadata(DEPRECATION, deprecation),
    RoutePart({ deprecation: headers } satisfies DeprecatedRouteConfig),
  );
}

/** What the router keeps with a route. */
export interface DeprecatedRouteConfig {
  deprecation?: { fields: Record<string, string>; links: string[] };
}

function toDeprecationHeaders({ since, sunset, link }: Deprecation) {
  const begin = parseDay(since);
  const end = sunset === undefined ? undefined : parseDay(sunset);
  if (end && end < begin) throw new Error(`a sunset on ${sunset} is before ${since}`);
  return {
    fields: {
      // A date of structured fields (RFC 9651, section 3.3.7).
      deprecation: `@${begin.getTime() / 1_000}`,
      ...(end && { sunset: end.toUTCString() }),
    },
    links: link
      ? [`<${link}>; rel="deprecation"`, ...(end ? [`<${link}>; rel="sunset"`] : [])]
      : [],
  };
}

function parseDay(text: string): Date {
  const day = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) throw new Error(`not a day: ${text}`);
  return day;
}
