/** How well a range of `Accept` fits a media type (RFC 9110, section 12.5.1). */
interface Preference {
  quality: number;
  /** 0: any type, 1: any subtype, 2: this type. */
  precision: number;
  place: number;
}

const NONE: Preference = { quality: 0, precision: 0, place: 0 };

/**
 * Whether a client prefers a page to JSON, as browsers do. Both processes use this rule. JSON is
 * preferred by clients that do not send `Accept`, or that accept both in the same range.
 */
export function prefersHtml(accept: string | undefined): boolean {
  const [page, json] = ['text/html', 'application/json'].map((type) => find(accept ?? '', type));
  return page!.quality > 0 && compare(page!, json!) > 0;
}

/** The quality of a media type for a client, between 0 (it is not accepted) and 1. */
export function qualityFor(accept: string | undefined, type: string): number {
  return find(accept ?? '', type).quality;
}

/** The most precise range that fits the type. */
function find(accept: string, type: string): Preference {
  const ranges = ['*/*', `${type.split('/', 1)[0]}/*`, type];
  const fitting = accept.split(',').map((range, place) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return { quality: qualityOf(parameters), precision: ranges.indexOf(name), place };
  });
  return fitting
    .filter(({ precision }) => precision >= 0)
    .reduce((best, next) => (next.precision > best.precision ? next : best), {
      ...NONE,
      precision: -1,
    });
}

function qualityOf(parameters: string[]): number {
  const value = parameters.find((parameter) => parameter.startsWith('q='));
  return value === undefined ? 1 : Number(value.slice(2)) || 0;
}

function compare(a: Preference, b: Preference): number {
  return a.quality - b.quality || a.precision - b.precision || b.place - a.place;
}
