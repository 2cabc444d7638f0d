import { readFeatureSettings } from './feature-settings';
import { renderFeatureSettingsPage } from '../../tools/settings-documents';

const DECLARED = {
  PLACES_MOST: {
    meaning: 'Places of one user',
    default: '100',
    fault: (value: string) => (/^\d+$/.test(value) ? null : 'must be a whole number'),
  },
  PLACES_URL: { meaning: 'Where places are sent', example: 'https://places.example.com' },
  PLACES_KEY: { meaning: 'The key of the receiver', requiredInProduction: true },
};

describe('a setting of a feature', () => {
  it('has the text of its variable', () => {
    const env = { PLACES_MOST: '7', PLACES_URL: 'https://example.com', OTHER: 'text' };
    expect(readFeatureSettings(env, DECLARED)).toEqual({
      values: { PLACES_MOST: '7', PLACES_URL: 'https://example.com', PLACES_KEY: null },
      problems: [],
    });
  });

  it.each([{}, { PLACES_MOST: '', PLACES_URL: '' }])(
    'has its default, or none, when the variable is unset or empty: %j',
    (env) => {
      expect(readFeatureSettings(env, DECLARED)).toEqual({
        values: { PLACES_MOST: '100', PLACES_URL: null, PLACES_KEY: null },
        problems: [],
      });
    },
  );

  it('is named with the reason when its value is refused', () => {
    expect(readFeatureSettings({ PLACES_MOST: 'many' }, DECLARED).problems).toEqual([
      { name: 'PLACES_MOST', message: 'must be a whole number' },
    ]);
  });

  it('is named without its value when the check throws', () => {
    const fault = (value: string) => (new URL(value).host ? null : 'has no host');
    const declared = { PLACES_URL: { meaning: 'Where places are sent', fault } };
    expect(readFeatureSettings({ PLACES_URL: 'no URL' }, declared).problems).toEqual([
      { name: 'PLACES_URL', message: 'is not accepted by the check of the feature' },
    ]);
  });

  it('is a row of the page of its feature', () => {
    const rows = renderFeatureSettingsPage({ name: 'places', settings: DECLARED }).split('\n');
    expect(rows.slice(4, 9)).toEqual([
      '| Name | Default | Meaning |',
      '| --- | --- | --- |',
      '| `PLACES_MOST` | `100` | Places of one user. |',
      '| `PLACES_URL` | unset | Where places are sent, for example `https://places.example.com`. |',
      '| `PLACES_KEY` | unset | The key of the receiver; required in production. |',
    ]);
  });
});

describe('with a feature that declares settings', () => {
  type Load = typeof import('./load');
  type Misspelled = typeof import('./misspelled');
  type Api = typeof import('../../src/config/api-settings');

  const ENV = { DATABASE_URL: 'postgres://localhost:5432/gatehouse' };
  const SECRET = 'for tests only: 0123456789 abcdefghijklm';
  let modules: Load & Misspelled & Api;

  beforeAll(() => {
    jest.isolateModules(() => {
      const list = jest.requireActual<{ FEATURES: object[] }>('../../features/features');
      list.FEATURES.push({ name: 'places', settings: DECLARED });
      modules = {
        ...jest.requireActual<Load>('./load'),
        ...jest.requireActual<Misspelled>('./misspelled'),
        ...jest.requireActual<Api>('../../src/config/api-settings'),
      };
    });
  });

  it('the API gets their values', () => {
    const settings = modules.loadSettings({ ...ENV, PLACES_MOST: '7' }, 'api');
    expect(modules.toApiSettings(settings).features).toEqual({
      PLACES_MOST: '7',
      PLACES_URL: null,
      PLACES_KEY: null,
    });
  });

  it.each(['api', 'auth', 'migrate'] as const)(
    'the start of the process %s names a refused value beside the others',
    (process) => {
      const env = {
        ...ENV,
        BETTER_AUTH_SECRET: SECRET,
        API_PORT: '0',
        PLACES_MOST: 'many',
      };
      expect(() => modules.loadSettings(env, process)).toThrow(
        /2 settings are not usable:\n {2}API_PORT .*\n {2}PLACES_MOST {2}must be a whole number\n.* Those of a feature: features/,
      );
    },
  );

  it('one that is required ends the start of the API in production, and no other', () => {
    const missing = /PLACES_KEY +must be set in production/;
    const production = { ...ENV, NODE_ENV: 'production', BETTER_AUTH_SECRET: SECRET };
    expect(() => modules.loadSettings(production, 'api')).toThrow(missing);
    const given = { ...production, PLACES_KEY: 'a key' };
    for (const [env, process] of [
      [given, 'api'],
      [production, 'auth'],
      [production, 'migrate'],
      [ENV, 'api'],
    ] as const) {
      expect(faultsOf(() => modules.loadSettings(env, process))).not.toMatch(missing);
    }
  });

  /** The message of an error; empty without one. */
  function faultsOf(work: () => unknown): string {
    try {
      work();
      return '';
    } catch (error) {
      return String(error);
    }
  }

  it('a name in `.env` that resembles one is found', () => {
    expect(modules.findMisspelledSettings(['PLACE_URL', 'PLACES_URL'])).toEqual([
      { name: 'PLACE_URL', nearest: 'PLACES_URL' },
    ]);
  });
});
