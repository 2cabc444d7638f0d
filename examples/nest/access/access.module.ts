import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Global,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { Access, type AccessSettings } from '../../express/access';
import { AccessRefusalFilter } from './access-refusal.filter';
import { JwtAuthGuard } from './jwt-auth.guard';
import { RolesGuard } from './roles.guard';
import { ScopesGuard } from './scopes.guard';

/** Follows the events for as long as the application runs. */
@Injectable()
class AccessFollower implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Access');
  private readonly closing = new AbortController();

  constructor(private readonly access: Access) {}

  onApplicationBootstrap(): void {
    void this.access.follow(this.closing.signal, (error) => this.logger.warn(String(error)));
  }

  beforeApplicationShutdown(): void {
    this.closing.abort();
  }
}

/** Closes every route of the application; decorators open them. */
@Global()
@Module({})
export class AccessModule {
  static forRoot(settings: AccessSettings): DynamicModule {
    return {
      module: AccessModule,
      providers: [
        { provide: Access, useFactory: () => new Access(settings) },
        AccessFollower,
        { provide: APP_GUARD, useClass: JwtAuthGuard },
        { provide: APP_GUARD, useClass: RolesGuard },
        { provide: APP_GUARD, useClass: ScopesGuard },
        { provide: APP_FILTER, useClass: AccessRefusalFilter },
      ],
      exports: [Access],
    };
  }
}
