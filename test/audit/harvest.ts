import { replaceFetch } from '../support/native/fetch';

/** Names of secret fields in the log, in requests and in responses. */
const SECRET_IN_REQUEST = /password|token|secret|code|authorization|cookie|assertion|hint/i;
const SECRET_IN_ANSWER = /password|token$|secret|backupCodes|totpURI|set-cookie|set-auth/i;

/** Every value on the wire under a secret name. */
export class Harvest {
  readonly secrets = new Set<string>();
  private readonly fetch = globalThis.fetch;

  begin(): void {
    replaceFetch(async (input, init) => {
      this.take(Object.fromEntries(new Headers(init?.headers)), SECRET_IN_REQUEST);
      if (init?.body instanceof URLSearchParams) {
        this.take(Object.fromEntries(init.body), SECRET_IN_REQUEST);
      } else if (typeof init?.body === 'string') this.take(parse(init.body), SECRET_IN_REQUEST);
      const response = await this.fetch(input, init);
      this.take(Object.fromEntries(response.headers), SECRET_IN_ANSWER);
      this.take(parse(await response.clone().text()), SECRET_IN_ANSWER);
      return response;
    });
  }

  end(): void {
    replaceFetch(this.fetch);
  }

  add(...secrets: string[]): void {
    for (const secret of secrets) this.secrets.add(secret);
  }

  private take(value: unknown, isSecret: RegExp, isInside = false): void {
    if (typeof value === 'string' && isInside) {
      this.secrets.add(value);
      // A header contains the secret within other text.
      for (const part of value.split(/[\s;=,]+/)) if (part.length > 24) this.secrets.add(part);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        this.take(inner, isSecret, isInside || isSecret.test(name));
      }
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
