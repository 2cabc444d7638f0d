import { CLAIM_CASES } from './claim-cases';
import { CLIENT_CASES } from './client-cases';
import { FORM_CASES } from './form-cases';
import { HEADER_CASES } from './header-cases';
import { KEY_CASES } from './key-cases';
import { ES256_CASES, PS256_CASES } from './other-algorithm-cases';
import { REQUEST_CASES } from './request-cases';
import type { Outcome, TokenCaseGroup } from './token-case';
import { TIME_CASES } from './time-cases';

/** Every case that the verifier is held against, and that docs/token-cases.md lists. */
export const TOKEN_CASES: readonly TokenCaseGroup[] = [
  { title: 'How the token is sent', algorithm: 'RS256', cases: REQUEST_CASES },
  { title: 'Form', algorithm: 'RS256', cases: FORM_CASES },
  { title: 'Header', algorithm: 'RS256', cases: HEADER_CASES },
  { title: 'Key and signature', algorithm: 'RS256', cases: KEY_CASES },
  { title: 'Times', algorithm: 'RS256', cases: TIME_CASES },
  { title: 'Claims', algorithm: 'RS256', cases: CLAIM_CASES },
  { title: 'Clients', algorithm: 'RS256', cases: CLIENT_CASES },
  { title: '`JWT_ALGORITHM=ES256`', algorithm: 'ES256', cases: ES256_CASES },
  { title: '`JWT_ALGORITHM=PS256`', algorithm: 'PS256', cases: PS256_CASES },
];

const ANSWERS: Record<Outcome, string> = {
  accepted: '200',
  missing_token: '401 `missing_token`',
  invalid_token: '401 `invalid_token`',
  insufficient_scope: '403 `insufficient_scope`',
  user_required: '403 `user_required`',
};

/** `docs/token-cases.md`. */
export function renderTokenCases(): string {
  const count = TOKEN_CASES.reduce((sum, { cases }) => sum + cases.length, 0);
  return `# Tokens and their answers

Made from \`test/support/token-cases/\` by \`npm run generate\`: change it there. \`test/verifier/token-cases.spec.ts\` sends each of these ${count} requests to the API, over HTTP and signed with real keys, and compares the answer. What is accepted is sent twice, and answered the second time from the cache of verified tokens. Everything that is not said of a token is as the auth server makes it.

All answers \`401 invalid_token\` are the same to the byte, but for the request id: what was wrong stands in the log at \`debug\` and nowhere else.
${TOKEN_CASES.map(renderGroup).join('')}`;
}

function renderGroup({ title, cases }: TokenCaseGroup): string {
  const rows = cases.map((one) => [one.title, ANSWERS[one.outcome], one.rule]);
  const lines = rows.map((cells) => `| ${cells.map(toCell).join(' | ')} |`);
  return `\n## ${title}\n\n| Case | Answer | Rule |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('__', '\\_\\_');
}
