// #region teach-and-save
import { readImage } from '@nearkin/embedders/node';
import { loadClassifier } from '@nearkin/retrieval';

/** Opens a saved classifier, teaches it one more class from one picture, and saves it. */
export async function teachAndSave(model: string, label: string, picture: string) {
  using classifier = await loadClassifier(model);
  await classifier.addClass(label, [await readImage(picture)]); // computed, not trained
  await classifier.save(model);
  return classifier.labels;
}
// #endregion teach-and-save
