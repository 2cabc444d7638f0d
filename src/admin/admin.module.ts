import { Module } from '@nestjs/common';
import { AdminAccountsController } from './admin-accounts.controller';
import { AdminAccountsService } from './admin-accounts.service';
import { AdminSecondFactorController } from './admin-second-factor.controller';
import { AdminSecondFactorService } from './admin-second-factor.service';
import { AdminSessionsController } from './admin-sessions.controller';
import { AdminUsersController } from './admin-users.controller';
import { AdminUsersService } from './admin-users.service';
import { AuditEventsController } from './audit-events.controller';
import { AuditEventsService } from './audit-events.service';
import { ClientsController } from './clients.controller';
import { ClientsService } from './clients.service';
import { OwnerNoticesService } from './owner-notices.service';
import { UserListService } from './user-list.service';
import { AuthProxyModule } from '../auth-proxy/auth-proxy.module';
import { UsersModule } from '../users/users.module';

@Module({
  imports: [AuthProxyModule, UsersModule],
  controllers: [
    AdminAccountsController,
    AdminSecondFactorController,
    AdminSessionsController,
    AdminUsersController,
    AuditEventsController,
    ClientsController,
  ],
  providers: [
    AdminAccountsService,
    AdminSecondFactorService,
    AdminUsersService,
    AuditEventsService,
    OwnerNoticesService,
    UserListService,
    ClientsService,
  ],
})
export class AdminModule {}
