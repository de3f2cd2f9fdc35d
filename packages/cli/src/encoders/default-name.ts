/** What is used when no --embedder is given, as results and help call it; it can be given as --embedder, too. */
export const defaultEncoderName = 'starter';

/** The encoders that come with the program, by what --embedder calls them. A folder of that name is written `./name`. */
export const builtInNames = [defaultEncoderName, 'filters'] as const;

export type BuiltInName = (typeof builtInNames)[number];

export function isBuiltIn(embedder: string): embedder is BuiltInName {
  return (builtInNames as readonly string[]).includes(embedder);
}
