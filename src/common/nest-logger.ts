import type { LoggerService } from '@nestjs/common';
import type { Logger } from '../../runtime/logger';

/**
 * Writes the lines of Nest with the logger of the process. Its lines at the start have the level
 * `debug`.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...context: unknown[]): void {
    const isChatter = /^(Nest|Instance|Router|Route)/.test(String(context.at(-1)));
    this.write(isChatter ? 'debug' : 'info', message, context);
  }

  error(message: unknown, ...context: unknown[]): void {
    this.write('error', message, context);
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.write('warn', message, context);
  }

  debug(message: unknown, ...context: unknown[]): void {
    this.write('debug', message, context);
  }

  verbose(message: unknown, ...context: unknown[]): void {
    this.write('trace', message, context);
  }

  private write(
    level: 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    context: unknown[],
  ): void {
    if (message instanceof Error) this.logger[level]({ err: message }, message.message);
    else this.logger[level]({ context: context.at(-1) }, String(message));
  }
}
