import { loadNatively } from './load';

type LoadSettings = typeof import('../../../runtime/settings/load');

export const { loadSettings } = loadNatively<LoadSettings>('runtime/settings/load');
