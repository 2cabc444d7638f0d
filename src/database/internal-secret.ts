import type { FactoryProvider } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';
import { deriveInternalSecret } from '../../runtime/installation-secret';

/** Injection token of the secret by which the API proves itself to the auth server. */
export const INTERNAL_SECRET = Symbol('InternalSecret');

/** The setting, or, without it, the secret that both processes derive from their database. */
export const internalSecretProvider: FactoryProvider<Promise<string>> = {
  provide: INTERNAL_SECRET,
  inject: [API_SETTINGS, getDataSourceToken()],
  useFactory: async ({ internalSecret }: ApiSettings, dataSource: DataSource) =>
    internalSecret ?? (await deriveInternalSecret((sql, values) => dataSource.query(sql, values))),
};
