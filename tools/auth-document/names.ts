/** Words of a path: `/admin/list-users` is `admin list users`. */
function wordsOf(path: string): string[] {
  return path.split(/[^A-Za-z0-9]+/).filter(Boolean);
}

/**
 * Method names of clients: the path's words after `auth`, as Better-Auth's own client has
 * them (`auth.admin.listUsers`). Where a path has several methods, each but GET adds its own.
 */
export function toOperationId(path: string, method: string, methods: string[]): string {
  const words = wordsOf(path);
  const ending = methods.length > 1 && method !== 'get' ? [method] : [];
  return ['auth', ...[...words, ...ending].map(capitalised)].join('');
}

/** A summary is a phrase: of the description's first sentence where that is short enough. */
export function toSummary(path: string, description: string): string {
  const sentence = description.split(/\.(\s|$)/, 1)[0]!.trim();
  return sentence !== '' && sentence.length <= 70
    ? capitalised(sentence)
    : capitalised(wordsOf(path).join(' '));
}

/** Ends as a sentence does. */
export function toDescription(text: string): string {
  return `${text.replace(/[.\s]+$/, '')}.`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
