import { z } from 'zod';

function address(path: string) {
  return z.string().meta({ examples: [`https://api.example.com${path}`] });
}

export const entranceSchema = z
  .object({
    name: z.string().meta({ examples: ['Gatehouse API'] }),
    documentation: address('/docs').describe('Swagger UI'),
    openapi: address('/openapi.json'),
    problems: address('/problems').describe('Every problem code and its meaning'),
    api: address('/api/v1'),
    authServer: address('/api/auth'),
    health: address('/health/ready'),
  })
  .meta({ id: 'Entrance' });

export const problemPageSchema = z
  .object({
    code: z.string().meta({ examples: ['not_found'] }),
    status: z.int().meta({ examples: [404] }),
    title: z.string().meta({ examples: ['Not found'] }),
    meaning: z.string().meta({ examples: ['There is no such route or resource.'] }),
  })
  .meta({ id: 'ProblemPage' });

export const problemPagesSchema = z
  .object({ items: z.array(problemPageSchema).meta({ 'x-bound': 'one for each problem code' }) })
  .meta({ id: 'ProblemPages' });

export type Entrance = z.infer<typeof entranceSchema>;
export type ProblemPages = z.infer<typeof problemPagesSchema>;
export type ProblemPage = z.infer<typeof problemPageSchema>;
