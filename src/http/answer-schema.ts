import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';

/** The configuration of a route whose answers have a schema. */
export interface AnswerSchemaConfig {
  answerSchema?: z.ZodType;
}

/**
 * Validates every answer with the schema of its route: an unknown field is not sent, and a value
 * of another type is an internal error. A text is sent unchanged; problems are texts.
 */
export function checkAnswers(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (request, _reply, payload: unknown, done) => {
    const { answerSchema } = request.routeOptions.config as AnswerSchemaConfig;
    if (answerSchema === undefined) return done(null, payload);
    const result = answerSchema.safeParse(payload);
    return result.success ? done(null, result.data) : done(result.error);
  });
}
