import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';

/** What the router keeps with a route whose answers have a schema. */
export interface AnswerSchemaConfig {
  answerSchema?: z.ZodType;
}

/**
 * Holds every answer against the schema of its route: a field that is not in the schema does
 * not leave the API, and a value of another type is an internal error. A text is sent as it
 * is; problems are texts.
 */
export function holdAnswersToSchemas(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (request, _reply, payload: unknown, done) => {
    const { answerSchema } = request.routeOptions.config as AnswerSchemaConfig;
    if (answerSchema === undefined) return done(null, payload);
    const result = answerSchema.safeParse(payload);
    return result.success ? done(null, result.data) : done(result.error);
  });
}
