import { CLAIM_CASES } from './claim-cases';
import { CLIENT_CASES } from './client-cases';
import { FORM_CASES } from './form-cases';
import { HEADER_CASES } from './header-cases';
import { KEY_CASES } from './key-cases';
import { ES256_CASES, PS256_CASES } from './other-algorithm-cases';
import { REQUEST_CASES } from './request-cases';
import type { Outcome, TokenCaseGroup } from './token-case';
import { TIME_CASES } from './time-cases';

/** Every case that the verifier is tested with, as listed in docs/token-cases.md. */
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

Generated from \`test/support/token-cases/\` by \`npm run generate:token-cases\`: change it there. \`test/token/token-cases.spec.ts\` sends each of these ${count} requests to the API over HTTP, signed with real keys, and compares the response. An accepted request is sent twice; the second response uses the cache of verified tokens. Parts of a token that a case does not name are as the auth server makes them.

All responses \`401 invalid_token\` are identical except for the request id. Only the log contains the reason, at level \`debug\`.
${TOKEN_CASES.map(renderGroup).join('')}`;
}

function renderGroup({ title, cases }: TokenCaseGroup): string {
  const rows = cases.map((one) => [one.title, ANSWERS[one.outcome], one.rule]);
  const lines = rows.map((cells) => `| ${cells.map(toCell).join(' | ')} |`);
  return `\n## ${title}\n\n| Case | Response | Rule |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('__', '\\_\\_');
}
