import { createParallelEngine, enableWasmTraining, singleThreadEngine } from '@nearkin/training';
import { setBackend } from '@tensorflow/tfjs';
import { median, timed } from './measure.js';
import { stepper, type Task, tasks } from './nets.js';

/** Images learned in a second by one thread and by two, in turns, and by plain JavaScript. */
export async function speed(rounds: number): Promise<void> {
  console.log('| net | batch | way | images/s | against one thread | images per CPU second | last loss |');
  console.log('| --- | ---: | --- | ---: | ---: | ---: | ---: |');
  for (const task of tasks) {
    await compareThreads(task, rounds);
    await plainJavaScript(task);
  }
}

async function compareThreads(task: Task, rounds: number): Promise<void> {
  await setBackend('wasm');
  enableWasmTraining();
  const ways = [];
  for (const workers of [1, 2]) {
    const net = task.make();
    const engine = workers === 1 ? singleThreadEngine(net) : await createParallelEngine(net, { workers });
    const step = stepper(task, net, engine);
    for (let i = 0; i < 3; i++) await step();
    ways.push({ workers, net, engine, step, wall: [] as number[], cpu: [] as number[], loss: 0 });
  }
  for (let round = 0; round < rounds; round++)
    for (const way of ways) {
      const { wall, cpu, result } = await timed(way.step);
      way.wall.push(wall);
      way.cpu.push(cpu);
      way.loss = result;
    }
  const alone = median(ways[0]!.wall);
  for (const { workers, engine, net, wall, cpu, loss } of ways) {
    row(task, {
      way: workers === 1 ? 'one thread' : `${workers} threads`,
      wall: median(wall),
      cpu: median(cpu),
      against: `${(alone / median(wall)).toFixed(2)}x`,
      loss,
    });
    engine.dispose();
    net.dispose();
  }
}

/** A batch of 8 and one step: it is hundreds of times slower. */
async function plainJavaScript(task: Task): Promise<void> {
  const small = { ...task, batch: 8 };
  await setBackend('cpu');
  const net = small.make();
  const { wall, cpu, result } = await timed(stepper(small, net, singleThreadEngine(net)));
  row(small, { way: 'one thread, cpu backend', wall, cpu, against: '', loss: result });
  net.dispose();
}

function row(task: Task, facts: { way: string; wall: number; cpu: number; against: string; loss: number }): void {
  const { way, wall, cpu, against, loss } = facts;
  const speeds = [task.batch / wall, task.batch / cpu].map((n) => n.toFixed(n < 10 ? 1 : 0));
  const cells = [task.name, task.batch, way, speeds[0], against, speeds[1], loss.toFixed(3)];
  console.log(`| ${cells.join(' | ')} |`);
}
