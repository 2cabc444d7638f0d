/** The most origins that are logged in an hour: clients can send any text as an origin. */
const MOST_NAMED = 20;
const PERIOD_MS = 3_600_000;
const LONGEST = 200;

/** Names each refused origin once in the log, because a browser hides the reason from its page. */
export class RefusedOrigins {
  private readonly named = new Set<string>();
  private since = performance.now();

  /** @param trusted origins that are never refused. @param warn writes a line to the log. */
  constructor(
    private readonly trusted: ReadonlySet<string>,
    private readonly warn: (message: string) => void,
  ) {}

  /** @returns whether the origin is not trusted, is readable and was not named in this hour. */
  isNew(origin: string | undefined): origin is string {
    if (performance.now() - this.since > PERIOD_MS) {
      this.named.clear();
      this.since = performance.now();
    }
    if (origin === undefined || this.trusted.has(origin) || this.named.has(origin)) return false;
    return this.named.size < MOST_NAMED && isOrigin(origin);
  }

  /** @param explain makes the line from the origin. */
  report(origin: string, explain = explainRefusal): void {
    this.named.add(origin);
    this.warn(explain(origin));
  }
}

function explainRefusal(origin: string): string {
  return `pages of ${origin} cannot call this server: the origin is not in TRUSTED_ORIGINS`;
}

/** As browsers write it. `null` and texts that are no origin are not named. */
function isOrigin(text: string): boolean {
  return text.length <= LONGEST && URL.parse(text)?.origin === text;
}
