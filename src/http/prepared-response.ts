import { ServerResponse, type IncomingMessage } from 'node:http';

/** Header fields of an answer in the forms in which Node.js has them when it writes them. */
type Fields = Record<string, unknown> | readonly unknown[] | null | undefined;

/** The internal function of Node.js that writes header fields as text; it has no types. */
const { _storeHeader: storeHeader } = ServerResponse.prototype as unknown as {
  _storeHeader: (this: ServerResponse, firstLine: string, fields: Fields) => void;
};

/**
 * A response that writes the fields that never change as one text, which is created once. Node.js
 * would check and join fifteen fields for each answer, which costs more than a check of access. A
 * field that an answer sets itself replaces the prepared one.
 *
 * @param fields by name in lower case.
 */
export function prepareResponses(fields: Readonly<Record<string, string>>): typeof ServerResponse {
  const names = Object.keys(fields);
  const toLines = (chosen: readonly string[]) =>
    chosen.map((name) => `${name}: ${fields[name]}\r\n`).join('');
  const all = toLines(names);
  class PreparedResponse<
    Request extends IncomingMessage = IncomingMessage,
  > extends ServerResponse<Request> {
    /** Called by Node.js with the status line and the other fields. */
    _storeHeader(firstLine: string, own: Fields): void {
      const isOwn = toTest(own);
      const lines = names.some(isOwn) ? toLines(names.filter((name) => !isOwn(name))) : all;
      storeHeader.call(this, firstLine + lines, own);
    }
  }
  return PreparedResponse;
}

/** Whether an answer sets a field itself, by the name of the field in lower case. */
function toTest(own: Fields): (name: string) => boolean {
  if (own === undefined || own === null) return () => false;
  if (!Array.isArray(own)) return (name) => name in own;
  // Names and values in turn, or pairs of them.
  const names = own.flatMap((part: unknown, index) => {
    if (Array.isArray(part)) return String(part[0]).toLowerCase();
    return index % 2 === 0 ? String(part).toLowerCase() : [];
  });
  return (name) => names.includes(name);
}
