import type { Router } from 'express';
import { AUTH_BASE_PATH } from '../../contract';

/** The label of every request that no route answers. */
const UNMATCHED = 'unmatched';

/** Of an endpoint of Better-Auth, its path: `/callback/:id`. Some have none. */
interface Endpoint {
  path?: string;
}

/**
 * The closed list of routes that metrics are labelled with. A label comes from this list and
 * never from a URL: a client can send any number of different URLs.
 */
export class RouteLabels {
  private readonly fixed = new Set<string>();
  private readonly patterns: { segments: string[]; label: string }[] = [];

  /** Adds the endpoints of Better-Auth. */
  addEndpoints(api: Record<string, Endpoint>): void {
    for (const { path } of Object.values(api)) if (path) this.add(AUTH_BASE_PATH + path);
  }

  /** Adds the routes of Express routers; other handlers have none. */
  addRouters(handlers: unknown[]): void {
    for (const { stack = [] } of handlers as Partial<Router>[]) {
      for (const { route } of stack) if (typeof route?.path === 'string') this.add(route.path);
    }
  }

  add(path: string): void {
    const segments = path.split('/');
    if (segments.some((segment) => segment.startsWith(':'))) {
      this.patterns.push({ segments, label: path });
    } else {
      this.fixed.add(path);
    }
  }

  has(path: string): boolean {
    return this.labelOf(path) !== UNMATCHED;
  }

  /** @returns the route of a path, or {@link UNMATCHED}. */
  labelOf(path: string): string {
    if (this.fixed.has(path)) return path;
    const parts = path.split('/', MOST_SEGMENTS + 1);
    const found = this.patterns.find(({ segments }) => matches(segments, parts));
    return found?.label ?? UNMATCHED;
  }
}

/** More segments than any route has. */
const MOST_SEGMENTS = 16;

function matches(segments: string[], parts: string[]): boolean {
  if (segments.length !== parts.length) return false;
  return segments.every((segment, index) => {
    const part = parts[index]!;
    return segment.startsWith(':') ? part !== '' : segment === part;
  });
}
