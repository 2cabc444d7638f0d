import type { Logger } from '../logger';
import type { Settings } from './load';
import { isLoopbackHost } from '../../contract';

type Urls = Pick<Settings, 'production' | 'authUrl' | 'apiUrl'>;

/**
 * Warns in production of public URLs that only this host reaches, as those that are not set. They are
 * not refused: the whole system can run on one host, and behind an address for tests.
 */
export function warnOfLoopbackUrls(
  { production, authUrl, apiUrl }: Urls,
  logger: Pick<Logger, 'warn'>,
): void {
  if (!production) return;
  const local = Object.entries({ AUTH_URL: authUrl, API_URL: apiUrl })
    .filter(([, url]) => isLoopbackHost(new URL(url).hostname))
    .map(([name, url]) => `${name} (${url})`);
  if (local.length === 0) return;
  logger.warn(`only this host reaches ${local.join(' and ')}: set the https URL that clients use`);
}
