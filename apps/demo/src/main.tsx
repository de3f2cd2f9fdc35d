import '@fontsource-variable/bricolage-grotesque/wght.css';
import './style/base.css';
import './style/shell.css';
import './style/teach.css';
import './style/explore.css';
import { render } from 'preact';
import { App } from './app.js';
import { baseModel } from './state/engine.js';
import { openGallery, switchBaseModel } from './state/gallery.js';
import { listModels } from './state/models.js';
import { complain } from './state/notices.js';

render(<App />, document.getElementById('app')!);

await openGallery();
void listModels();
switchBaseModel(baseModel.value).catch(async (error: unknown) => {
  complain(error);
  // A model that was remembered and is out of reach must not keep the page from working.
  if (baseModel.value.kind !== 'filters') await switchBaseModel({ kind: 'filters' }).catch(complain);
});

if (import.meta.env.PROD && 'serviceWorker' in navigator)
  navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => {
    // Without it (an insecure address, a browser that refuses) the page works while it is online.
  });
