/** A page has no threads that could wait in the middle of a gradient. */
export async function startThreads(): Promise<undefined> {
  return undefined;
}
