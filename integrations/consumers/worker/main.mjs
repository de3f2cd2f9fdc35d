import { Worker } from 'node:worker_threads';

const worker = new Worker(new URL('search.mjs', import.meta.url));
worker.once('message', (found) => {
  console.log(`a worker found ${found.join(', ')}`);
  if (found.join() !== 'up,diagonal') process.exitCode = 1;
});
