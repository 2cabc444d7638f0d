import { startTracing } from '../runtime/tracing/tracing';

/** Started when this file is loaded: `main.ts` imports it before everything else. */
export const tracing = startTracing('gatehouse-api');
