import '@fontsource-variable/bricolage-grotesque/wght.css';
import './style/base.css';
import './style/shell.css';
import './style/teach.css';
import './style/explore.css';
import { render } from 'preact';
import { App } from './app.js';
import { passOverOtherDrops } from './components/drop-target.js';
import { countCameras } from './state/camera.js';
import { baseModel, engineFailed } from './state/engine.js';
import { openGallery, switchBaseModel } from './state/gallery.js';
import { openKnownLibrary } from './state/library.js';
import { offline } from './state/missing.js';
import { listModels } from './state/models.js';
import { complain } from './state/notices.js';
import { recallUnknownBelow } from './state/unknown.js';

render(<App />, document.getElementById('app')!);
passOverOtherDrops();

void countCameras();
await openGallery();
await recallUnknownBelow();
void listModels();
switchBaseModel(baseModel.value).catch(async (error: unknown) => {
  complain(error);
  // A model that was remembered and is out of reach must not keep the page from working.
  for (const kind of ['starter', 'filters'] as const) {
    if (baseModel.value.kind === kind) continue;
    if (await switchBaseModel({ kind }).catch(complain)) return;
  }
  engineFailed.value = true;
});
openKnownLibrary().catch(complain);

if (import.meta.env.PROD)
  Promise.resolve(navigator.serviceWorker?.register(new URL('sw.js', document.baseURI)))
    .then((kept) => {
      offline.value = kept !== undefined;
    })
    .catch(() => {
      // An insecure address, a browser that refuses: the page works while it is online.
      offline.value = false;
    });
