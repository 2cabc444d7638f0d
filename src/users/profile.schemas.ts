import { z } from 'zod';
import { personalText } from '../common/schemas';

export const updateProfileSchema = z
  .strictObject({
    name: personalText(200)
      .optional()
      .meta({ examples: ['Ada King'] }),
    image: z
      .url({ protocol: /^https?$/, error: 'Must be an http or https address' })
      .max(2000)
      .nullable()
      .optional()
      .describe('null takes the picture away'),
  })
  .refine((body) => Object.keys(body).length > 0, 'Name at least one field to change')
  .meta({ id: 'UpdateProfile' });

export type UpdateProfile = z.infer<typeof updateProfileSchema>;
