import { StartError } from '../start-error';

/** A port and the name of the setting that selects it. */
export interface PortSetting {
  name: string;
  port: number;
}

/** For the person who starts the processes. */
export function describeTakenPort({ name, port }: PortSetting): string {
  return `Port ${port} is in use by another process. Stop that process, or set ${name} to another port.`;
}

/**
 * Explains why a server does not listen; other errors are returned unchanged.
 *
 * @param error of `listen()`.
 */
export function explainPort(error: unknown, setting: PortSetting): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new StartError(describeTakenPort(setting), { cause: error });
  if (code !== 'EACCES') return error;
  const { name, port } = setting;
  return new StartError(
    `This user may not listen on port ${port}. Set ${name} to a port above 1023.`,
    { cause: error },
  );
}
