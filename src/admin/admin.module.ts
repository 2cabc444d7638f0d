import { Module } from '@nestjs/common';
import { AuditEventsController } from './audit-events/audit-events.controller';
import { AuditEventsService } from './audit-events/audit-events.service';
import { ClientsController } from './clients/clients.controller';
import { ClientsService } from './clients/clients.service';
import { StatsController } from './stats/stats.controller';
import { StatsService } from './stats/stats.service';
import { OwnerNoticesService } from './users/owner-notices.service';
import { SecondFactorService } from './users/second-factor.service';
import { UserListService } from './users/user-list.service';
import { UserSessionsController } from './users/user-sessions.controller';
import { AdminUsersController } from './users/users.controller';
import { AdminUsersService } from './users/users.service';
import { AuthProxyModule } from '../auth-proxy/auth-proxy.module';
import { UsersModule } from '../users/users.module';

@Module({
  imports: [AuthProxyModule, UsersModule],
  controllers: [
    AdminUsersController,
    UserSessionsController,
    StatsController,
    AuditEventsController,
    ClientsController,
  ],
  providers: [
    AdminUsersService,
    AuditEventsService,
    ClientsService,
    OwnerNoticesService,
    SecondFactorService,
    StatsService,
    UserListService,
  ],
})
export class AdminModule {}
