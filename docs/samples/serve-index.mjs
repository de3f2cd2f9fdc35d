// #region build
import { createGallery, createRng, createVectors } from '@nearkin/core';
import { buildIndex, openLazyIndex, saveIndex } from '@nearkin/searcher';

// Stands for a gallery of pictures: 30,000 rows around 300 places. With
// pictures: embedGallery(embedder, readImages('photos')).
const rng = createRng(1);
const [count, dim] = [30_000, 32];
const places = Array.from({ length: 300 }, () =>
  Array.from({ length: dim }, () => rng.normal()),
);
const data = Float32Array.from(
  { length: count * dim },
  (_, i) => places[Math.floor(i / dim) % 300][i % dim] + 0.4 * rng.normal(),
);
const ids = Array.from({ length: count }, (_, row) => `photo-${row}.jpg`);
const gallery = createGallery({ vectors: createVectors(data, dim), ids });

const index = await buildIndex(gallery, { kind: 'partitioned', seed: 1 });
await saveIndex(index, 'photos.nearkin');
console.log(index.count, 'rows'); // 30000 rows

// #endregion build

// #region host
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';

// Any static host that answers Range requests will do; this one is for trying
// it out.
const server = createServer((request, response) => {
  const { size } = statSync('photos.nearkin');
  const [, first, last] =
    /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined || request.method === 'HEAD') {
    response.writeHead(200, {
      'content-length': size,
      'accept-ranges': 'bytes',
    });
    return request.method === 'HEAD'
      ? response.end()
      : createReadStream('photos.nearkin').pipe(response);
  }
  const [start, end] = [
    Number(first),
    last ? Math.min(Number(last), size - 1) : size - 1,
  ];
  response.writeHead(206, {
    'content-length': end - start + 1,
    'content-range': `bytes ${start}-${end}/${size}`,
  });
  createReadStream('photos.nearkin', { start, end }).pipe(response);
}).listen(0);
const url = `http://localhost:${server.address().port}/photos.nearkin`;
// #endregion host

// #region ask
const remote = await openLazyIndex(url);
const [best] = await remote.search(data.subarray(7 * dim, 8 * dim), { k: 1 });
const { fetchedBytes, fileBytes } = remote.traffic();
console.log(best.id, fetchedBytes < fileBytes / 2); // photo-7.jpg true
remote.dispose();
server.close();
// #endregion ask
