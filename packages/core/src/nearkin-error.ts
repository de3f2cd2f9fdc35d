/** Why a call failed. Stable: programs may switch on it, the docs have a page for each. */
export type NearkinErrorCode =
  /** An argument has the wrong type, shape or range. */
  | 'INVALID_ARGUMENT'
  /** Vectors of another length than expected. */
  | 'DIMENSION_MISMATCH'
  /** NaN or infinity where a number is needed. */
  | 'NON_FINITE'
  /** Nothing to build from: no rows, or no rows left after bad pictures were skipped. */
  | 'EMPTY_GALLERY'
  /** A folder of albums without pictures, or an album without any. */
  | 'EMPTY_ALBUM'
  /** A classifier needs at least two classes. */
  | 'TOO_FEW_CLASSES'
  /** An evaluation in which no query has anything to find, as when no class has two samples. */
  | 'NO_POSITIVES'
  /** A label that the classifier or gallery does not have, or a row without one. */
  | 'UNKNOWN_LABEL'
  /** The new name of a class is already that of another one. */
  | 'DUPLICATE_LABEL'
  /** No row has this id. */
  | 'UNKNOWN_ID'
  /** Two rows would have one id. */
  | 'DUPLICATE_ID'
  /** Vectors or files made by another embedder. */
  | 'MODEL_MISMATCH'
  /** A saved classifier or bundle does not contain its embedder; pass it. */
  | 'EMBEDDER_NEEDED'
  /** A picture that cannot be decoded. */
  | 'BAD_PICTURE'
  /** A text that is empty, or that holds nothing an encoder of texts knows. */
  | 'BAD_TEXT'
  /** A picture whose header announces more pixels than allowed. */
  | 'PICTURE_TOO_LARGE'
  /** A model file that is incomplete, inconsistent or not a model. */
  | 'BAD_MODEL'
  /** The model has no layer, node or output of this name. */
  | 'UNKNOWN_LAYER'
  /** An operation that a converter or runtime does not have. */
  | 'UNSUPPORTED_OP'
  /** A file whose content is not what its name or place promises. */
  | 'BAD_FORMAT'
  /** A file written by a newer version. */
  | 'UNSUPPORTED_VERSION'
  /** A name in a file that leads out of its folder. */
  | 'UNSAFE_PATH'
  /** No file, folder or address of this name. */
  | 'NOT_FOUND'
  /** Reading or writing failed for a reason of the host's. */
  | 'IO_ERROR'
  /** No room is left to write to. */
  | 'DISK_FULL'
  /** More data than one memory of 4 GiB, or this host, can hold. */
  | 'TOO_LARGE'
  /** Another writer holds the file. */
  | 'LOCKED'
  /** tfjs has no such backend here: its package is not installed, or the host cannot run it. */
  | 'BACKEND_UNAVAILABLE'
  /** An optional package is needed; the message says which. */
  | 'MISSING_DEPENDENCY'
  /** What was asked cannot be had on this host or with this kind of model. */
  | 'UNSUPPORTED'
  /** A worker thread died. */
  | 'WORKER_FAILED'
  /** The `signal` that was given has fired. */
  | 'ABORTED'
  /** Used after `dispose()`. */
  | 'DISPOSED';

/** The page that says of each code what it means and what to do. */
const page = 'https://nearkin.github.io/nearkin/reference/errors';

/** Structured facts of an error; plain JSON values. */
export type NearkinErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The one error of nearkin. The message says what was expected, what came and what to do;
 * `code` is for programs, `details` holds the values, `cause` the underlying error if any, and `link` leads to what the
 * documentation says about the code.
 *
 * @example
 * try { await openBundle('nowhere'); } catch (error) {
 *   if (error instanceof NearkinError) console.log(error.code); // NOT_FOUND
 * }
 */
export class NearkinError extends Error {
  readonly code: NearkinErrorCode;
  readonly details: NearkinErrorDetails;
  /** Where the documentation speaks of the code. */
  readonly link: string;

  constructor(
    code: NearkinErrorCode,
    message: string,
    options: { details?: NearkinErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'NearkinError';
    this.code = code;
    this.details = options.details ?? {};
    this.link = `${page}#${code}`;
  }

  /** The shape that the command line prints under `--json`. */
  toJSON(): { code: NearkinErrorCode; message: string; details: NearkinErrorDetails } {
    return { code: this.code, message: this.message, details: this.details };
  }
}
