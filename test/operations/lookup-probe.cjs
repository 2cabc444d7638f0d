const dns = require('node:dns');

// Loaded ahead of a process: SIGUSR2 begins ten look-ups of one name and writes how many run.
process.on('SIGUSR2', () => {
  for (let count = 0; count < 10; count += 1) dns.lookup('localhost', () => {});
  const running = process.getActiveResourcesInfo().filter((name) => name === 'GetAddrInfoReqWrap');
  const threads = process.env.UV_THREADPOOL_SIZE;
  process.stdout.write(`${running.length} look-ups, ${threads} threads\n`);
});
