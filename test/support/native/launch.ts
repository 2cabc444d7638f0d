import { loadNatively } from './load';

type LaunchApi = typeof import('../processes/launch-api');
type LaunchAuthServer = typeof import('../processes/launch-auth-server');

export function launchApi(launch: Parameters<LaunchApi['launchApi']>[0]) {
  return loadNatively<LaunchApi>('test/support/processes/launch-api').launchApi(launch);
}

export function launchAuthServer(launch: Parameters<LaunchAuthServer['launchAuthServer']>[0]) {
  return loadNatively<LaunchAuthServer>(
    'test/support/processes/launch-auth-server',
  ).launchAuthServer(launch);
}
