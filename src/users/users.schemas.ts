import { z } from 'zod';
import { personalText, webAddress } from '../common/validation/schemas';

export const updateProfileSchema = z
  .strictObject({
    name: personalText(200)
      .optional()
      .meta({ examples: ['Ada King'] }),
    image: webAddress.nullable().optional().describe('null takes the picture away'),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: 'Name at least one field to change',
    // A body of unknown fields alone has been told so already.
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: 'UpdateProfile' });

export type UpdateProfile = z.infer<typeof updateProfileSchema>;
