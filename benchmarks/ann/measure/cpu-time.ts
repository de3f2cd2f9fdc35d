/** CPU seconds of this process so far, of all its threads, in user and kernel mode: what neighbours on the machine disturb least. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
