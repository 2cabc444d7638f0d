import { loadNatively } from './load';

type LoadSettings = typeof import('../../../runtime/settings/load');

export const { loadSettings } = loadNatively('runtime/settings/load') as LoadSettings;
