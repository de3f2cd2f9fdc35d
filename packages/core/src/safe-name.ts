import { NearkinError } from './nearkin-error.js';

/**
 * @throws {NearkinError} `UNSAFE_PATH` unless the name is relative and stays inside its folder on every system
 */
export function assertSafeName(name: string, location: string): void {
  const parts = name.split('/');
  const unsafe =
    parts.some((part) => part === '' || part === '.' || part === '..') || /[\\:]/.test(name) || name.includes('\0');
  if (unsafe)
    throw new NearkinError(
      'UNSAFE_PATH',
      `${location} refers to ${JSON.stringify(name)}, which leads out of its folder; expected a plain relative name.`,
      {
        details: { name, location },
      },
    );
}

/** @throws {NearkinError} `NOT_FOUND` */
export function missingFile(name: string, location: string, cause?: unknown): NearkinError {
  return new NearkinError('NOT_FOUND', `Expected a file ${name} in ${location}; there is none.`, {
    details: { name, location },
    cause,
  });
}
