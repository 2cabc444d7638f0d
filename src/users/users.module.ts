import { Module } from '@nestjs/common';
import { MeController } from './me.controller';
import { MeService } from './me.service';
import { SessionsService } from './sessions.service';
import { UsersController } from './users.controller';
import { UsersService } from './users.service';

@Module({
  controllers: [MeController, UsersController],
  providers: [MeService, SessionsService, UsersService],
  exports: [SessionsService, UsersService],
})
export class UsersModule {}
