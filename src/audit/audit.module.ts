import { Module } from '@nestjs/common';
import { AuditRetention } from './audit-retention';

/** What the audit log needs to have done by itself: it is written and read where things happen. */
@Module({ providers: [AuditRetention] })
export class AuditModule {}
