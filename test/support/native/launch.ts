import { loadNatively } from './load';

type LaunchApi = typeof import('../processes/launch-api');
type LaunchAuthServer = typeof import('../processes/launch-auth-server');

export function launchApi(launch: Parameters<LaunchApi['launchApi']>[0]) {
  return (loadNatively('test/support/processes/launch-api') as LaunchApi).launchApi(launch);
}

export function launchAuthServer(launch: Parameters<LaunchAuthServer['launchAuthServer']>[0]) {
  return (
    loadNatively('test/support/processes/launch-auth-server') as LaunchAuthServer
  ).launchAuthServer(launch);
}
