import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Statistics, statisticsSchema } from './stats.schemas';
import { StatsService } from './stats.service';
import { Roles } from '../../auth/roles.decorator';
import { Scopes } from '../../auth/scopes.decorator';
import { Endpoint } from '../../common/openapi/endpoint.decorator';

@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/stats', version: '1' })
export class StatsController {
  constructor(private readonly stats: StatsService) {}

  @Scopes('users:read')
  @Get()
  @Endpoint({
    summary: 'Read statistics',
    operationId: 'getStatistics',
    answers: { 200: { description: 'Current figures', schema: statisticsSchema } },
  })
  getStatistics(): Promise<Statistics> {
    return this.stats.getStatistics();
  }
}
