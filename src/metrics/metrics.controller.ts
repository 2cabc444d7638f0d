import { Controller, Get, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Metrics } from '../../runtime/metrics/metrics';
import { Public } from '../auth/public.decorator';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { Problem } from '../common/problems/problem';

@ApiTags('Health')
@Public()
@Controller({ path: 'metrics', version: VERSION_NEUTRAL })
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Endpoint({
    summary: 'Metrics for Prometheus',
    description:
      'Served on `METRICS_PORT` instead where that is set, and in production only there.',
    operationId: 'getMetrics',
    answers: {
      200: {
        description: 'Text exposition format',
        textType: 'text/plain',
        textExample: '# TYPE http_request_duration_seconds histogram\n',
      },
    },
  })
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    // A proxy that closes `/metrics` can let `/%6detrics` through, which the router decodes.
    if (!/^\/metrics(\?|$)/.test(reply.request.url)) throw new Problem('not_found');
    void reply.type(this.metrics.contentType);
    return this.metrics.render();
  }
}
