import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module';
import { UsersModule } from '../users.module';
import { ExportQuota } from './export-quota';
import { MeController } from './me.controller';
import { MeService } from './me.service';
import { ProfileQuota } from './profile-quota';

/** The routes of the own account: `/users/me`. */
@Module({
  imports: [AuthModule, UsersModule],
  controllers: [MeController],
  providers: [ExportQuota, MeService, ProfileQuota],
})
export class MeModule {}
