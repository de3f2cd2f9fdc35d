import { createParallelEngine, enableWasmTraining, fit, ntXentLoss } from '@nearkin/training';
import { memory, setBackend } from '@tensorflow/tfjs';
import { stripesData, tasks } from './nets.js';

/** Tensors and memory over many steps of `fit`, in one thread and in two: both have to stay where they are. */
export async function soak(steps: number): Promise<void> {
  await setBackend('wasm');
  enableWasmTraining();
  console.log('\n| net | threads | step | tensors | memory of tensors, MB | memory of the process, MB |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  // A small batch: what a step leaves behind does not depend on its size.
  const task = { ...tasks[1]!, batch: 16 };
  for (const workers of [1, 2]) {
    const net = task.make();
    const engine = await createParallelEngine(net, { workers });
    const { data, sampler } = stripesData(task);
    const shown = new Set([1, 2, 5, 10].map((part) => Math.max(10, Math.round((steps * part) / 10))).concat(10));
    await fit(net, data, {
      loss: ntXentLoss(),
      sampler,
      steps,
      engine,
      onProgress: ({ step }) => {
        if (!shown.has(step)) return;
        const { numTensors, numBytes } = memory();
        const cells = [task.name, workers, step, numTensors, mega(numBytes), mega(process.memoryUsage().rss)];
        console.log(`| ${cells.join(' | ')} |`);
      },
    });
    engine.dispose();
    net.dispose();
  }
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
