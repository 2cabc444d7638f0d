import { finishSignIn, loadConfig } from './sign-in.mjs';

const answer = new URLSearchParams(location.search);
// The code is spent from here on: it stays in no history.
history.replaceState(null, '', location.pathname);
try {
  await finishSignIn(await loadConfig(), answer);
  location.replace('/docs');
} catch (error) {
  document.getElementById('message').textContent = `That did not work: ${error.message}`;
}
