import {
  adamW,
  type ConvEmbedder,
  constantRate,
  createParallelEngine,
  enableWasmTraining,
  fit,
  type GradientEngine,
  ntXentLoss,
  singleThreadEngine,
} from '@nearkin/training';
import { setBackend } from '@tensorflow/tfjs';
import { median, timed } from './measure.js';
import { stepper, stripesData, type Task, tasks } from './nets.js';

/** Steps of `fit` that are timed together. */
const steps = 10;

/** Images learned in a second by one thread and by two, in turns. */
export async function speed(rounds: number): Promise<void> {
  console.log(`By \`fit\`, ${steps} steps at a time, medians of ${rounds} such rounds, ways in turns:\n`);
  console.log('| net | batch | way | images/s | against one thread | images per CPU second |');
  console.log('| --- | ---: | --- | ---: | ---: | ---: |');
  for (const task of tasks) await compareThreads(task, rounds);
}

interface Way {
  readonly workers: number;
  readonly net: ConvEmbedder;
  readonly engine: GradientEngine;
  learn(steps: number): Promise<unknown>;
  /** Seconds of a step, of each round. */
  readonly wall: number[];
  readonly cpu: number[];
}

async function compareThreads(task: Task, rounds: number): Promise<void> {
  await setBackend('wasm');
  enableWasmTraining();
  const { data, sampler } = stripesData(task);
  const ways: Way[] = [];
  for (const workers of [1, 2]) {
    const net = task.make();
    const engine: GradientEngine =
      workers === 1 ? singleThreadEngine(net) : await createParallelEngine(net, { workers });
    const learn = (count: number) =>
      fit(net, data, {
        loss: ntXentLoss({ temperature: 0.1 }),
        sampler,
        steps: count,
        engine,
        optimizer: adamW(),
        schedule: constantRate(),
        monitor: false,
      });
    await learn(3);
    ways.push({ workers, net, engine, learn, wall: [], cpu: [] });
  }
  for (let round = 0; round < rounds; round++)
    for (const way of ways) {
      const { wall, cpu } = await timed(() => way.learn(steps));
      way.wall.push(wall / steps);
      way.cpu.push(cpu / steps);
    }
  // Of the same round: the machine is the same then.
  const gains = ways[1]!.wall.map((wall, round) => ways[0]!.wall[round]! / wall);
  for (const { workers, engine, net, wall, cpu } of ways) {
    row(task, {
      way: workers === 1 ? 'one thread' : `${workers} threads`,
      wall: median(wall),
      cpu: median(cpu),
      against: workers === 1 ? '' : `${median(gains).toFixed(2)}x`,
    });
    engine.dispose();
    net.dispose();
  }
}

/** The same on tfjs' cpu backend, a batch of 8 and one step: it is hundreds of times slower. */
export async function plain(): Promise<void> {
  console.log('\nOne step in plain JavaScript (tfjs-backend-cpu):\n');
  console.log('| net | batch | way | images/s | against one thread | images per CPU second |');
  console.log('| --- | ---: | --- | ---: | ---: | ---: |');
  for (const task of tasks) {
    const small = { ...task, batch: 8 };
    await setBackend('cpu');
    const net = small.make();
    const { wall, cpu } = await timed(stepper(small, net, singleThreadEngine(net)));
    row(small, { way: 'one thread, cpu backend', wall, cpu, against: '' });
    net.dispose();
  }
}

function row(task: Task, facts: { way: string; wall: number; cpu: number; against: string }): void {
  const { way, wall, cpu, against } = facts;
  const speeds = [task.batch / wall, task.batch / cpu].map((n) => n.toFixed(n < 10 ? 1 : 0));
  console.log(`| ${[task.name, task.batch, way, speeds[0], against, speeds[1]].join(' | ')} |`);
}
