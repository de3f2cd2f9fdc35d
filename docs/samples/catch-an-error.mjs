// #region sample
import { NearkinError } from '@nearkin/core';
import { loadClassifier } from '@nearkin/retrieval';

try {
  await loadClassifier('nowhere');
} catch (error) {
  if (!(error instanceof NearkinError)) throw error;
  console.log(error.code); // NOT_FOUND
  console.log(error.link);
  // https://nearkin.github.io/nearkin/reference/errors#NOT_FOUND
}
// #endregion sample
