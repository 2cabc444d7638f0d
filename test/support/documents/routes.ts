import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';

export interface Route {
  method: string;
  /** As in OpenAPI: `/api/v1/users/{id}`. */
  path: string;
}

/**
 * Every route of the router, added by any code. Reads the router's printed tree, in which each
 * line adds a part to the path of its parent.
 */
export function routesOf(app: NestFastifyApplication): Route[] {
  const drawing = app.getHttpAdapter().getInstance().printRoutes();
  const pieces: string[] = [];
  return drawing.split('\n').flatMap((line) => {
    const [, indent, piece, methods] = /^(.*?)── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (indent === undefined || piece === undefined) return [];
    const depth = Math.floor(indent.length / 4);
    pieces.splice(depth, Infinity, piece.startsWith('(') ? '' : piece);
    const path = pieces.join('').replace(/:(\w+)/g, '{$1}');
    return (methods?.split(', ') ?? []).map((method) => ({ method, path }));
  });
}

/** Names of all controller methods that are routes of Nest. */
export function handlersOf(app: NestFastifyApplication): string[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers.flatMap(({ metatype, name }) => {
    const { prototype } = metatype as { prototype: Record<string, object> };
    return new MetadataScanner()
      .getAllMethodNames(prototype)
      .filter((method) => Reflect.hasMetadata(PATH_METADATA, prototype[method]!))
      .map((method) => `${String(name)}.${method}`);
  });
}
