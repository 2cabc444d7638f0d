/** Words of a path: `/admin/list-users` is `admin list users`. */
function wordsOf(path: string): string[] {
  return path.split(/[^A-Za-z0-9]+/).filter(Boolean);
}

/**
 * Method names of clients: the words of the path after `auth`, as in Better-Auth's client
 * (`auth.admin.listUsers`). On a path with several methods, each except GET appends its own.
 */
export function toOperationId(path: string, method: string, methods: string[]): string {
  const words = wordsOf(path);
  const ending = methods.length > 1 && method !== 'get' ? [method] : [];
  return ['auth', ...[...words, ...ending].map(capitalised)].join('');
}

/** A summary is a phrase: the first sentence of the description, when it is short enough. */
export function toSummary(path: string, description: string): string {
  const sentence = description.split(/\.(\s|$)/, 1)[0]!.trim();
  return sentence !== '' && sentence.length <= 70
    ? capitalised(sentence)
    : capitalised(wordsOf(path).join(' '));
}

/** Ends like a sentence. */
export function toDescription(text: string): string {
  return `${text.replace(/[.\s]+$/, '')}.`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
