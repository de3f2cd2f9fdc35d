import { NearkinError, type NearkinErrorCode } from '@nearkin/core';
import { CommanderError } from 'commander';

/** What a person or a program is told about an error. */
export interface ErrorDescription {
  readonly json: { readonly code: string; readonly message: string; readonly details: unknown };
  /** What to try; '' when the message says it all. */
  readonly hint: string;
  /** Where the documentation speaks of the code. */
  readonly link?: string;
}

const hints: Partial<Record<NearkinErrorCode, string>> = {
  EMPTY_ALBUM: 'ALBUMS is a folder with one folder of pictures for each class: albums/cat/1.jpg, albums/dog/1.jpg.',
  EMPTY_GALLERY: 'Is this the folder that holds the pictures? JPEG, PNG, WebP, GIF, AVIF and TIFF are read.',
  TOO_FEW_CLASSES: 'Put the pictures of each class into a folder of its own; the folder gives the class its name.',
  UNKNOWN_LABEL: '`nearkin inspect MODEL` lists the classes.',
  MODEL_MISMATCH: 'Give the embedder that the classifier was built with, or build it again.',
  DIMENSION_MISMATCH: 'Give the embedder that the classifier was built with, or build it again.',
  EMBEDDER_NEEDED: 'Give the embedder that the classifier was built with: --embedder path/to/model.json',
  PICTURE_TOO_LARGE: 'Scale the picture down first.',
  DISK_FULL: 'Make room and run the command again.',
  BACKEND_UNAVAILABLE: '`nearkin doctor` says what runs on this machine and why the rest does not.',
};

/**
 * Turns whatever was thrown into what the command line prints: never a stack trace.
 *
 * @returns code `INTERNAL_ERROR` for what is not an error of nearkin's or of the file system's
 */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof NearkinError) return { json: error.toJSON(), hint: hints[error.code] ?? '', link: error.link };
  if (error instanceof CommanderError) return describeUsage(error);
  const message = error instanceof Error ? error.message : String(error);
  if (isSystemError(error))
    return {
      json: {
        code: error.code === 'ENOENT' ? 'NOT_FOUND' : error.code === 'ENOSPC' ? 'DISK_FULL' : 'IO_ERROR',
        message,
        details: { reason: error.code, path: error.path },
      },
      hint: '',
    };
  return {
    json: { code: 'INTERNAL_ERROR', message, details: {} },
    hint: 'This should not happen: run the command again with --debug and report what it prints.',
  };
}

function describeUsage(error: CommanderError): ErrorDescription {
  const [message = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  return {
    json: { code: 'INVALID_ARGUMENT', message: `Expected a valid command line: ${message}`, details: {} },
    hint: [...more, 'See nearkin --help, and nearkin VERB --help.'].join(' ').trim(),
  };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
