export * from './claims';
export * from './forwarding';
export * from './locks';
export * from './roles';
export * from './tables';
export * from './token-terms';
