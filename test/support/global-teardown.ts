/** Stops what `global-setup.ts` started. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.gatehouseStopHosts?.();
  const server = globalThis.gatehouseTestServer;
  globalThis.gatehouseTestServer = undefined;
  await server?.stop();
}
