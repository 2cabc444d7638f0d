import { z } from 'zod';

export const entranceSchema = z
  .object({
    name: z.string(),
    documentation: z.string().describe('Swagger UI'),
    openapi: z.string(),
    api: z.string(),
    authServer: z.string(),
    health: z.string(),
  })
  .meta({ id: 'Entrance' });

export const problemPageSchema = z
  .object({ code: z.string(), status: z.int(), title: z.string(), meaning: z.string() })
  .meta({ id: 'ProblemPage' });

export type Entrance = z.infer<typeof entranceSchema>;
export type ProblemPage = z.infer<typeof problemPageSchema>;
