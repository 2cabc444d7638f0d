import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Logger } from '../../../runtime/logger';

type Line = Parameters<Logger['info']>;

/**
 * The logger of one request: its lines have the request id. It creates the child logger with the
 * first line, because most requests write none.
 */
class RequestLogger {
  private made: Logger | null = null;

  constructor(
    private readonly parent: Logger,
    private readonly bindings: Record<string, unknown>,
  ) {}

  get level(): string {
    return this.parent.level;
  }

  set level(level: string) {
    this.own.level = level;
  }

  child(bindings: Record<string, unknown>): Logger {
    return this.own.child(bindings);
  }

  fatal(...line: Line): void {
    this.own.fatal(...line);
  }

  error(...line: Line): void {
    this.own.error(...line);
  }

  warn(...line: Line): void {
    this.own.warn(...line);
  }

  info(...line: Line): void {
    if (this.parent.isLevelEnabled('info')) this.own.info(...line);
  }

  debug(...line: Line): void {
    if (this.parent.isLevelEnabled('debug')) this.own.debug(...line);
  }

  trace(...line: Line): void {
    if (this.parent.isLevelEnabled('trace')) this.own.trace(...line);
  }

  silent(): void {
    // Pino's level for lines that are never written.
  }

  private get own(): Logger {
    this.made ??= this.parent.child(this.bindings);
    return this.made;
  }
}

/** For a library that logs an error and also passes it on. */
export function withoutWarnings(log: FastifyBaseLogger): FastifyBaseLogger {
  return Object.create(log, { warn: { value: () => undefined } }) as FastifyBaseLogger;
}

/** Sets the logger of each request, at no cost for a request without lines. */
export function logRequestsLazily(fastify: FastifyInstance): void {
  fastify.setChildLoggerFactory(
    (parent, bindings) => new RequestLogger(parent as Logger, bindings) as never,
  );
}
