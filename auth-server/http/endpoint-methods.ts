import { RouteLabels } from './route-labels';
import { AUTH_BASE_PATH } from '../../contract';

/** An endpoint of Better-Auth, as its router reads it. */
interface Endpoint {
  path?: string;
  options?: { method?: string | string[]; metadata?: object };
}

/** The methods of the endpoints of Better-Auth, whose router answers 404 to every other one. */
export class EndpointMethods {
  private readonly labels = new RouteLabels();
  private readonly methods = new Map<string, Set<string>>();

  constructor(api: Record<string, Endpoint>, disabledPaths: readonly string[]) {
    for (const { path, options = {} } of Object.values(api)) {
      const isServed = !(options.metadata && 'SERVER_ONLY' in options.metadata);
      if (!path || !isServed || disabledPaths.includes(path)) continue;
      this.add(AUTH_BASE_PATH + path, [options.method ?? []].flat());
    }
  }

  private add(path: string, methods: string[]): void {
    this.labels.add(path);
    const known = this.methods.get(path) ?? new Set();
    for (const method of methods) known.add(method);
    // RFC 9110, section 9.3.2.
    if (known.has('GET')) known.add('HEAD');
    this.methods.set(path, known);
  }

  /** Whether an endpoint answers. The router answers other methods, and `OPTIONS`. */
  isServed(path: string, method: string): boolean {
    return this.methods.get(this.labels.labelOf(path))?.has(method) ?? false;
  }

  /** @returns `null` at an unknown path; `OPTIONS` is added. */
  allowedAt(path: string): string[] | null {
    const methods = this.methods.get(this.labels.labelOf(path));
    return methods ? [...methods, 'OPTIONS'] : null;
  }
}
