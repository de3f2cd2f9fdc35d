import { strict as assert } from 'node:assert';
import { cpSync, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './consumer.mjs';

/** What a reader of a page brings along; without them something else of the same kind stands for it. */
const brought = {
  albums: (folder) => copy(folder, 'photos', 'albums'),
  'other-albums': (folder) => copy(folder, 'photos', 'other-albums'),
  'photo.jpg': (folder) => copy(folder, 'photos/black tea/2.png', 'photo.jpg'),
  'new.jpg': (folder) => copy(folder, 'photos/black tea/3.png', 'new.jpg'),
  'mobilenet/model.json': (folder) =>
    shell(
      folder,
      `nearkin train ${existsSync(join(folder, 'badges')) ? 'badges' : 'photos'} -o mobilenet --minutes 0.1`,
    ),
  'mobilenet.tflite': (folder) => copy(folder, 'shop.tflite', 'mobilenet.tflite'),
};

/**
 * Runs the command lines of a page in its folder, one after another; each has to end well and to print what the page
 * shows of it. Minutes of training are cut short.
 *
 * @param {{ line: string, prints: string[] }[]} commands
 * @returns {string[]} lines that were left out, with the reason
 */
export function followCommands(folder, commands, page) {
  const left = [];
  for (const { line, prints } of commands) {
    if (line.includes('hf:')) {
      left.push(`${page}: ${line} (asks another host than the registry)`);
      continue;
    }
    for (const [name, bring] of Object.entries(brought))
      if (line.split(/\s/).includes(name) && !existsSync(join(folder, name))) bring(folder);
    const printed = shell(folder, line.replace(/--minutes \d+/, '--minutes 0.1')).split('\n');
    const lines = printed.map((text) => text.trim().replace(/\s+/g, ' '));
    let at = 0;
    for (const shown of prints) {
      const found = lines.indexOf(shown.replace(/\s+/g, ' '), at);
      assert.ok(found >= 0, `${page}: ${line}\n  does not print: ${shown}\n  but:\n${printed.join('\n')}`);
      at = found + 1;
    }
  }
  return left;
}

/** A line as it is pasted: into a shell that finds what the folder has installed. */
function shell(folder, line) {
  const bins = ['.', '..'].map((at) => join(folder, at, 'node_modules', '.bin'));
  const path = [...bins, process.env.PATH].join(delimiter);
  return run(folder, 'bash', ['-c', line], { PATH: path });
}

function copy(folder, from, to) {
  cpSync(join(folder, from), join(folder, to), { recursive: true });
}
