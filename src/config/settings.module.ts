import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { API_SETTINGS, type ApiSettings } from './api-settings';

/**
 * Provides the validated settings with `@nestjs/config`. `ConfigService` does not read the
 * environment, so every value is validated.
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
