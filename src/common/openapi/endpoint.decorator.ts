import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { RoutePart } from './route-parts';
import type { ProblemCode } from '../problems/problem-codes';

/** Metadata key: the description that {@link Endpoint} was given. */
export const ENDPOINT = Symbol('Endpoint');

interface AnswerDescription {
  description: string;
  /** The schema of the answer. A field that it does not contain is not sent. */
  schema?: z.ZodType;
  /** The media type of an answer that is text. */
  textType?: string;
  /** What such a text looks like. */
  textExample?: string;
  /** The media type of an answer that is a file, such as `application/pdf`. */
  fileType?: string;
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
  /** Answers by status. The first is the default of the handler. */
  answers: Partial<Record<200 | 201 | 202 | 204 | 503, AnswerDescription>>;
  /** Problems of this route, without those of its guards and its input. */
  problems?: ProblemCode[];
}

/**
 * Sets the statuses, the response schema and the OpenAPI operation of a route from one
 * description.
 */
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
        content: toContent(answer),
        headers: answer.headers,
      }),
    ),
    ...(schemas.length > 0 ? [RoutePart({ answerSchema: toAnswerSchema(schemas) })] : []),
  );
}

function toContent({ textType, textExample, fileType }: AnswerDescription) {
  if (textType)
    return { [textType]: { schema: { type: 'string' }, example: textExample } } as const;
  return fileType
    ? ({ [fileType]: { schema: { type: 'string', format: 'binary' } } } as const)
    : undefined;
}

function toAnswerSchema([first, ...others]: z.ZodType[]): z.ZodType {
  return others.length === 0 ? first! : z.union([first!, ...others]);
}
