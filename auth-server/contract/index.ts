export * from './claims';
export * from './forwarding';
export * from './roles';
export * from './tables';
export * from './token-terms';
