import { completeEnvironment } from '../../runtime/settings/development';
import { readTask } from './seed-command';
import { seedUsers } from './seed-users';

/**
 * `npm run seed -- --users 1000` adds users to the database of a developer, for lists and search.
 * Runs in the root of the project.
 */
async function main(): Promise<void> {
  const task = readTask(process.argv.slice(2), completeEnvironment());
  const begin = performance.now();
  const { sessions, password, passwords } = await seedUsers(task);
  const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
  console.log(`Added ${task.users} users with ${sessions} sessions in ${seconds} s.`);
  console.log(`The password of ${passwords} of them, to sign in: ${password}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
