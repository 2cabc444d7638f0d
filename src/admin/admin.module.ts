import { Module } from '@nestjs/common';
import { AccessEventHub } from './access-events/access-event-hub';
import { AccessEventMetrics } from './access-events/access-event.metrics';
import { AccessEventStore } from './access-events/access-event.store';
import { AccessEventsController } from './access-events/access-events.controller';
import { AccessEventsService } from './access-events/access-events.service';
import { ReaderAccess } from './access-events/reader-access';
import { StreamPlaces } from './access-events/stream-places';
import { AuditEventsController } from './audit-events/audit-events.controller';
import { AuditEventsService } from './audit-events/audit-events.service';
import { ClientsController } from './clients/clients.controller';
import { ClientsService } from './clients/clients.service';
import { ResourcesController } from './resources/resources.controller';
import { ResourcesService } from './resources/resources.service';
import { StatsController } from './stats/stats.controller';
import { StatsService } from './stats/stats.service';
import { StreamsController } from './streams/streams.controller';
import { StreamsService } from './streams/streams.service';
import { OwnerNoticesService } from './users/owner-notices.service';
import { SecondFactorService } from './users/second-factor.service';
import { SignInMethodsService } from './users/sign-in-methods.service';
import { UserListService } from './users/user-list.service';
import { UserSessionsController } from './users/user-sessions.controller';
import { UserSignInController } from './users/user-sign-in.controller';
import { AdminUsersController } from './users/users.controller';
import { AdminUsersService } from './users/users.service';
import { AuthModule } from '../auth/auth.module';
import { AuthProxyModule } from '../auth-proxy/auth-proxy.module';
import { UsersModule } from '../users/users.module';

@Module({
  imports: [AuthModule, AuthProxyModule, UsersModule],
  controllers: [
    AccessEventsController,
    AdminUsersController,
    UserSignInController,
    UserSessionsController,
    StatsController,
    AuditEventsController,
    ClientsController,
    ResourcesController,
    StreamsController,
  ],
  providers: [
    AccessEventHub,
    AccessEventMetrics,
    AccessEventStore,
    AccessEventsService,
    ReaderAccess,
    StreamPlaces,
    AdminUsersService,
    AuditEventsService,
    ClientsService,
    OwnerNoticesService,
    ResourcesService,
    SecondFactorService,
    SignInMethodsService,
    StatsService,
    StreamsService,
    UserListService,
  ],
})
export class AdminModule {}
