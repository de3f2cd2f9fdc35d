/** What is used when no --embedder is given, as results and help call it. */
export const defaultEncoderName = 'built-in filters';
