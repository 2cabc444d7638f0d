import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module';
import { ActorTransactions } from './actor-transactions';
import { SessionsService } from './sessions.service';
import { UsersController } from './users.controller';
import { UsersService } from './users.service';

@Module({
  imports: [AuthModule],
  controllers: [UsersController],
  providers: [ActorTransactions, SessionsService, UsersService],
  exports: [ActorTransactions, SessionsService, UsersService],
})
export class UsersModule {}
