import { Controller, Get, Inject, Param, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import {
  type Entrance,
  entranceSchema,
  type ProblemPage,
  type ProblemPages,
  problemPageSchema,
  problemPagesSchema,
} from './entrance.schemas';
import { AUTH_BASE_PATH } from '../../contract';
import { Public } from '../auth/public.decorator';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { Problem } from '../common/problems/problem';
import { isProblemCode, PROBLEM_CODES } from '../common/problems/problem-codes';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

const problemCode = z.string().meta({ examples: ['not_found'] });

/** The root URL with its links, and the pages of the problem types. */
@ApiTags('Entrance')
@Public()
@Controller({ version: VERSION_NEUTRAL })
export class EntranceController {
  constructor(@Inject(API_SETTINGS) private readonly settings: ApiSettings) {}

  @Get()
  @Endpoint({
    summary: 'Links to the documentation',
    operationId: 'getEntrance',
    answers: {
      200: {
        description: 'URLs of the documentation and of the parts',
        schema: entranceSchema,
      },
    },
  })
  getEntrance(): Entrance {
    const { apiUrl, authUrl } = this.settings;
    return {
      name: 'Gatehouse API',
      documentation: `${apiUrl}/docs`,
      openapi: `${apiUrl}/openapi.json`,
      problems: `${apiUrl}/problems`,
      api: `${apiUrl}/api/v1`,
      authServer: `${authUrl}${AUTH_BASE_PATH}`,
      health: `${apiUrl}/health/ready`,
    };
  }

  @Get('problems')
  @Endpoint({
    summary: 'List all problem codes',
    operationId: 'listProblems',
    answers: {
      200: {
        description: 'Every code that an error of the API can have',
        schema: problemPagesSchema,
        alsoAsPage: true,
      },
    },
  })
  listProblems(): ProblemPages {
    return {
      items: Object.entries(PROBLEM_CODES).map(([code, problem]) => ({ code, ...problem })),
    };
  }

  @Get('problems/:code')
  @Endpoint({
    summary: 'What a problem code means',
    description: "The URL in a problem's `type`.",
    operationId: 'getProblem',
    answers: {
      200: {
        description: 'The code, its status and its meaning',
        schema: problemPageSchema,
        alsoAsPage: true,
      },
    },
    problems: ['not_found'],
  })
  getProblem(@Param('code', { schema: problemCode }) code: string): ProblemPage {
    if (!isProblemCode(code)) throw new Problem('not_found', { detail: 'There is no such code.' });
    return { code, ...PROBLEM_CODES[code] };
  }
}
