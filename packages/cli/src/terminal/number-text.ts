/** `1 picture`, `297 pictures`, `2 classes`. */
export function counted(count: number, noun: string): string {
  const plural = /(s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

/** `0.42 s`, `3.1 s`, `2 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `40s`, `16m20s`, `2h05m`: a guess, to five seconds, later to a minute. */
export function timeLeft(seconds: number): string {
  const padded = (n: number) => String(n).padStart(2, '0');
  if (seconds < 55) return `${Math.round(seconds)}s`;
  const fives = Math.round(seconds / 5) * 5;
  if (fives < 3600) return `${Math.floor(fives / 60)}m${padded(fives % 60)}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h${padded(minutes % 60)}m`;
}

/** `63.0 %`; nothing counted gives a dash. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** `812 bytes`, `14 kB`, `1.3 MB`: thousands, not 1024s. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
