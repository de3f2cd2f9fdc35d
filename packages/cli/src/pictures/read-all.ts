/** An async iterable as a list: folders are listed before the first picture is read, so that progress knows the total. */
export async function readAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
