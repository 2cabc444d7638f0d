/** The global object outside jest's sandbox. */
export const workerGlobal = globalThis;
