/**
 * What a program says that it prints: the comment behind a `console.log(…);`, or the lines of comment right below it
 * (below the loop that it stands in, too).
 *
 * @param {string} program
 * @returns {string[]} one for each printed line
 */
export function promisesOf(program) {
  const promises = [];
  let waits = false;
  let before = 0;
  for (const line of program.split('\n')) {
    const beside = /\);\s*\/\/ (.*)$/.exec(line);
    const below = /^\s*\/\/ (?!#)(.*)$/.exec(line);
    if (line.includes('console.log('))
      [waits, before] = [true, promises.length];
    if (!waits) continue;
    if (below) promises.push(below[1].trim());
    else if (beside) {
      promises.push(beside[1].trim());
      waits = false;
    } else if (promises.length > before && line.trim() === '') waits = false;
  }
  return promises;
}
