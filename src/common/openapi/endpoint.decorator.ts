import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { RoutePart } from './route-parts';
import type { ProblemCode } from '../problems/problem-codes';

/** Metadata key: the description that {@link Endpoint} was given. */
export const ENDPOINT = Symbol('Endpoint');

interface AnswerDescription {
  description: string;
  /** Shape of the answer; nothing that is not in it can leave the API. */
  schema?: z.ZodType;
  /** Media type of an answer that is text instead. */
  textType?: string;
  /** What such a text looks like. */
  textExample?: string;
  /** Whether browsers get the same as an HTML page. */
  alsoAsPage?: boolean;
  headers?: Record<string, { description: string; schema: { type: 'string' } }>;
}

export interface EndpointDescription {
  /** A short imperative phrase. */
  summary: string;
  description?: string;
  /** Method name in generated clients; unique in the document. */
  operationId: string;
  /** Answers by status; the first is what the handler answers unless it sets another. */
  answers: Partial<Record<200 | 201 | 202 | 204 | 304 | 503, AnswerDescription>>;
  /** Problems of this route, without those of its guards and its input. */
  problems?: ProblemCode[];
}

/** One route's statuses, response shape and OpenAPI operation, from one description. */
export function Endpoint(endpoint: EndpointDescription): MethodDecorator {
  const { summary, description, operationId } = endpoint;
  const answers = Object.entries(endpoint.answers);
  const schemas = answers.flatMap(([, { schema }]) => schema ?? []);
  return applyDecorators(
    SetMetadata(ENDPOINT, endpoint),
    HttpCode(Number(answers[0]![0])),
    ApiOperation({ summary, operationId, description }),
    ...answers.map(([status, answer]) =>
      ApiResponse({
        status: Number(status),
        description: answer.description,
        standardSchema: answer.schema,
        content: answer.textType
          ? { [answer.textType]: { schema: { type: 'string' }, example: answer.textExample } }
          : undefined,
        headers: answer.headers,
      }),
    ),
    ...(schemas.length > 0 ? [RoutePart({ answerSchema: toAnswerSchema(schemas) })] : []),
  );
}

function toAnswerSchema([first, ...others]: z.ZodType[]): z.ZodType {
  return others.length === 0 ? first! : z.union([first!, ...others]);
}
