import { Controller, Get, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { livenessSchema, type Readiness, readinessSchema } from './health.schemas';
import { HealthService } from './health.service';
import { Public } from '../auth/public.decorator';
import { Endpoint } from '../common/openapi/endpoint.decorator';

@ApiTags('Health')
@Public()
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @Endpoint({
    summary: 'Whether the process runs',
    operationId: 'getLiveness',
    answers: { 200: { description: 'The process runs', schema: livenessSchema } },
  })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Endpoint({
    summary: 'Whether the API can serve requests',
    description: 'Names each part that the API depends on.',
    operationId: 'getReadiness',
    answers: {
      200: { description: 'All parts are available', schema: readinessSchema },
      503: { description: 'A part is unavailable', schema: readinessSchema },
    },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.health.readiness();
    if (readiness.status !== 'ok') void reply.code(503);
    return readiness;
  }
}
