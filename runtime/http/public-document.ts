/**
 * Headers of a document that scripts of every origin may read, such as metadata (RFC 8414). Remove
 * `Access-Control-Allow-Credentials`, which only trusted origins get.
 */
export const PUBLIC_DOCUMENT_HEADERS = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  // Caches reduce the load, and changed settings are known soon.
  'cache-control': 'public, max-age=300',
} as const;
