import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module';
import { ActorTransactions } from './actor-transactions';
import { ExportQuota } from './me/export-quota';
import { MeController } from './me/me.controller';
import { MeService } from './me/me.service';
import { SessionsService } from './sessions.service';
import { UsersController } from './users.controller';
import { UsersService } from './users.service';

@Module({
  imports: [AuthModule],
  controllers: [MeController, UsersController],
  providers: [ActorTransactions, ExportQuota, MeService, SessionsService, UsersService],
  exports: [ActorTransactions, SessionsService, UsersService],
})
export class UsersModule {}
