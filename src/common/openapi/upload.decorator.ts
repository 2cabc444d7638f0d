import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { parameterFactoriesOf } from './parameter-factories';
import { RoutePart, routePartsOf } from './route-parts';
import { Problem } from '../problems/problem';
import { restartTime } from '../../../runtime/database/database-scope';

interface UploadOptions {
  /** The media types that the route accepts, instead of JSON. */
  types: readonly [string, ...string[]];
  /** Largest body in bytes. The handler holds it in memory. */
  maxBytes: number;
}

/** The configuration of a route that takes files. */
export interface UploadConfig {
  upload?: UploadOptions;
}

/**
 * The route takes one file as its body, as `fetch(url, { method: 'POST', body: file })` sends it.
 * The handler gets its bytes by {@link UploadedBytes}. The API does not start
 * with `@Idempotent()` beside it, which compares JSON.
 */
export function Upload(upload: UploadOptions): MethodDecorator {
  return applyDecorators(
    RoutePart({ upload } satisfies UploadConfig),
    ApiConsumes(...upload.types),
    ApiBody({ schema: { type: 'string', format: 'binary' }, required: true }),
  );
}

/**
 * The bytes of the body of a route with {@link Upload}. They are read after the guards have admitted
 * the caller, and so strangers send none into the memory of the API.
 */
export const UploadedBytes = createParamDecorator(uploadedBytesOf);

/** Whether the route of a handler takes a file. */
export function takesUpload(handler: object): boolean {
  return (routePartsOf(handler) as UploadConfig).upload !== undefined;
}

/** Whether a parameter of the handler has the bytes of a file. */
export function readsUpload(controller: object, handlerName: string): boolean {
  return parameterFactoriesOf(controller, handlerName).includes(uploadedBytesOf);
}

function uploadedBytesOf(_data: unknown, context: ExecutionContext): Promise<Buffer> {
  return readBytes(context.switchToHttp().getRequest<FastifyRequest>());
}

/** @throws {Problem} `body_too_large`; `malformed_request` when the body ends too early. */
async function readBytes({ raw, routeOptions }: FastifyRequest): Promise<Buffer> {
  const { maxBytes } = (routeOptions.config as UploadConfig).upload!;
  if (Number(raw.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Without destroyOnReturn, the connection would end before the answer.
    for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('malformed_request', { cause: error });
  }
  restartTime();
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('body_too_large', { detail: `The file is limited to ${maxBytes} bytes.` });
}
