// #region serve
import { createServer } from 'node:http';
import { createGallery, createRng, createVectors } from '@nearkin/core';
import { buildIndex } from '@nearkin/searcher';

/** Answers POST { vector, k } with the best rows of one index. */
const serve = (index) =>
  createServer(async (request, response) => {
    try {
      const { vector, k } = JSON.parse(
        Buffer.concat(await request.toArray()),
      );
      response.end(JSON.stringify(index.search(vector, { k })));
    } catch (error) {
      const { code = 'BAD_REQUEST', message } = error;
      response.writeHead(400).end(JSON.stringify({ code, message }));
    }
  }).listen(0);
// #endregion serve

// #region parts
// Stands for a gallery of pictures: 9,000 rows, in three parts.
const rng = createRng(1);
const [count, dim] = [9000, 32];
const data = Float32Array.from({ length: count * dim }, rng.normal);
const rows = (from, to) =>
  createGallery({
    vectors: createVectors(data.slice(from * dim, to * dim), dim),
    ids: Array.from({ length: to - from }, (_, i) => `photo-${from + i}.jpg`),
  });

// In earnest each part is a process, and later a machine, of its own.
const shards = await Promise.all(
  [0, 1, 2].map(async (part) =>
    serve(await buildIndex(rows(part * 3000, (part + 1) * 3000))),
  ),
);
const addresses = shards.map(
  (server) => `http://localhost:${server.address().port}`,
);
// #endregion parts

// #region ask
async function search(vector, k) {
  const body = JSON.stringify({ vector: [...vector], k });
  const answers = await Promise.all(
    addresses.map(async (address) => {
      const response = await fetch(address, { method: 'POST', body });
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    }),
  );
  return answers
    .flat()
    .sort((a, b) => b.score - a.score)
    .slice(0, k);
}

const question = data.subarray(4242 * dim, 4243 * dim);
const found = await search(question, 5);
console.log(found[0].id); // photo-4242.jpg

const whole = await buildIndex(rows(0, count));
const same = whole.search(question, { k: 5 });
console.log(found.every(({ id }, i) => id === same[i].id)); // true

await search(question.subarray(1), 5).catch(({ message }) => {
  console.log(JSON.parse(message).code); // DIMENSION_MISMATCH
});
for (const server of shards) server.close();
// #endregion ask
