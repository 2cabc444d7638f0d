import { Module } from '@nestjs/common';
import { IntrospectionService } from './introspection.service';
import { AuthModule } from '../../auth/auth.module';
import { AuthProxyModule } from '../auth-proxy.module';

/** Introspection of access tokens; `introspection-route.ts` serves it. */
@Module({
  imports: [AuthModule, AuthProxyModule],
  providers: [IntrospectionService],
  exports: [IntrospectionService],
})
export class IntrospectionModule {}
