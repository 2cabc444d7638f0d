import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { API_SETTINGS, type ApiSettings } from './api-settings';

/**
 * Puts the settings, parsed and checked before Nest starts, behind `@nestjs/config`.
 * `ConfigService` never falls back to the raw environment: a value that was not
 * checked cannot be read.
 */
@Global()
@Module({})
export class SettingsModule {
  static with(settings: ApiSettings): DynamicModule {
    return {
      module: SettingsModule,
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          skipProcessEnv: true,
          load: [() => ({ settings })],
        }),
      ],
      providers: [
        {
          provide: API_SETTINGS,
          inject: [ConfigService],
          useFactory: (config: ConfigService) => config.getOrThrow<ApiSettings>('settings'),
        },
      ],
      exports: [API_SETTINGS],
    };
  }
}
