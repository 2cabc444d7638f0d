import { Module } from '@nestjs/common';
import { AuditRetention } from './audit-retention';

/** The periodic job of the audit log. Features write and read events directly. */
@Module({ providers: [AuditRetention] })
export class AuditModule {}
