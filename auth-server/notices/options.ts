/** Better-Auth reports a reset of the password in an option, not in a hook. */
export { notifyPasswordChanged } from './password-notices';
