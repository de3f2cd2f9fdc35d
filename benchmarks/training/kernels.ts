import { enableWasmTraining, singleThreadEngine } from '@nearkin/training';
import { getKernelsForBackend, type NamedTensorInfoMap, setBackend } from '@tensorflow/tfjs';
import { stepper, tasks } from './nets.js';

/** Milliseconds of each kernel in a step, without those that it calls; the least of some steps, so neighbours count little. */
export async function kernels(steps: number): Promise<void> {
  await setBackend('wasm');
  enableWasmTraining();
  const times = new Map<string, { best: number; now: number; calls: number }>();
  const inner: number[] = [];
  for (const kernel of getKernelsForBackend('wasm')) {
    const { kernelFunc, kernelName } = kernel;
    kernel.kernelFunc = (call) => {
      const start = performance.now();
      inner.push(0);
      const result = kernelFunc(call);
      const time = performance.now() - start;
      const own = time - inner.pop()!;
      if (inner.length > 0) inner[inner.length - 1]! += time;
      const key = `${kernelName} ${shapes(call.inputs)}`;
      const entry = times.get(key) ?? { best: Number.POSITIVE_INFINITY, now: 0, calls: 0 };
      times.set(key, { ...entry, now: entry.now + own, calls: entry.calls + 1 });
      return result;
    };
  }
  for (const task of tasks) {
    times.clear();
    const net = task.make();
    const step = stepper(task, net, singleThreadEngine(net));
    for (let i = 0; i < steps; i++) {
      for (const [key, entry] of times) times.set(key, { ...entry, now: 0, calls: 0 });
      await step();
      for (const [key, { best, now, calls }] of times) times.set(key, { best: Math.min(best, now), now, calls });
    }
    const rows = [...times].sort(([, a], [, b]) => b.best - a.best).slice(0, 25);
    const total = [...times.values()].reduce((sum, { best }) => sum + best, 0);
    console.log(`\n${task.name}, batch ${task.batch}: ${total.toFixed(1)} ms in kernels\n`);
    console.log('| kernel and its inputs | calls | ms |');
    console.log('| --- | ---: | ---: |');
    for (const [key, { best, calls }] of rows) console.log(`| ${key} | ${calls} | ${best.toFixed(2)} |`);
    net.dispose();
  }
}

function shapes(inputs: NamedTensorInfoMap): string {
  return Object.values(inputs)
    .map((input) => input?.shape.join('x') ?? '')
    .join(', ');
}
