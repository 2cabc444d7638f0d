/** Serialized by Fastify's compiled serializers, as its documentation recommends. */
const nullableText = { type: ['string', 'null'] } as const;

export const profileSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    email: { type: 'string' },
    emailVerified: { type: 'boolean' },
    name: { type: 'string' },
    image: nullableText,
    role: { type: 'string' },
    banned: { type: 'boolean' },
    banReason: nullableText,
    banExpires: nullableText,
    createdAt: { type: 'string' },
    updatedAt: { type: 'string' },
  },
} as const;

export const pageSchema = {
  type: 'object',
  properties: { items: { type: 'array', items: profileSchema } },
} as const;
