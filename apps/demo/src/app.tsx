import { BaseModelChooser } from './components/base-model-chooser.js';
import { MissingList } from './components/missing-list.js';
import { NoticeBar } from './components/notice-bar.js';
import { ProgressBar } from './components/progress-bar.js';
import { loaded } from './state/gallery.js';
import { spoken } from './state/notices.js';
import { route, type View, views } from './state/route.js';
import { lasting } from './state/saving.js';
import { isDark, toggleTheme } from './state/theme.js';
import { welcoming } from './state/welcome.js';
import { InspectView } from './views/inspect/inspect-view.js';
import { MapView } from './views/map/map-view.js';
import { SearchView } from './views/search/search-view.js';
import { TeachView } from './views/teach/teach-view.js';

const titles: Readonly<Record<View, string>> = { teach: 'Teach', search: 'Search', map: 'Map', inspect: 'Inspect' };

export function App() {
  const view = route.value;
  document.title = `${titles[view]} · nearkin`;
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <p class="mark">
          <svg viewBox="0 0 34 22" width="34" height="22" aria-hidden="true">
            <circle cx="11" cy="11" r="11" class="mark-a" />
            <circle cx="23" cy="11" r="11" class="mark-b" />
          </svg>
          nearkin
        </p>
        <nav aria-label="Views">
          {views.map((name) => (
            <a key={name} href={`#/${name}`} aria-current={name === view ? 'page' : undefined}>
              {titles[name]}
            </a>
          ))}
        </nav>
        <div class="top-tools">
          <BaseModelChooser />
          <button
            type="button"
            class="quiet"
            onClick={() => {
              location.hash = '#/teach';
              welcoming.value = true;
            }}
            aria-label="What this page is for"
          >
            ?
          </button>
          <button type="button" class="quiet" onClick={toggleTheme} aria-pressed={isDark()} aria-label="Dark theme">
            <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
              <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" stroke-width="1.6" />
              <path d="M10 2.5a7.5 7.5 0 0 1 0 15z" fill="currentColor" />
            </svg>
          </button>
        </div>
      </header>
      <ProgressBar />
      <main id="main" tabIndex={-1} data-ready={loaded.value || undefined}>
        {view === 'teach' && <TeachView />}
        {view === 'search' && <SearchView />}
        {view === 'map' && <MapView />}
        {view === 'inspect' && <InspectView />}
      </main>
      <footer class="foot">
        <p>
          <strong>Nothing leaves this device.</strong>{' '}
          {lasting.value
            ? 'Pictures and models are kept in this browser.'
            : 'This browser keeps nothing for this page.'}
        </p>
        <MissingList />
        <p>
          Sample drawings: <a href="https://github.com/googlefonts/noto-emoji">Noto Emoji</a> by Google (Apache-2.0),{' '}
          <a href="https://github.com/jdecked/twemoji">Twemoji</a> by Twitter and contributors (CC BY 4.0), scaled.
        </p>
      </footer>
      <NoticeBar />
      <p class="visually-hidden" role="status">
        {spoken.value}
      </p>
    </>
  );
}
