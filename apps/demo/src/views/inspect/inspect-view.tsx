import { baseModel, baseModelName, engine } from '../../state/engine.js';
import { indexInfo } from '../../state/search.js';
import { AlbumCheck } from './album-check.js';
import { Timings } from './timings.js';
import { Tuning } from './tuning.js';

const bytes = (n: number) => (n < 1e6 ? `${(n / 1e3).toFixed(0)} kB` : `${(n / 1e6).toFixed(1)} MB`);

/** What is inside, in numbers. */
export function InspectView() {
  const info = indexInfo.value;
  const running = engine.value;
  return (
    <div class="inspect">
      <div class="heading">
        <h1>Inspect</h1>
        {running && (
          <p class="lesson">
            {baseModelName(baseModel.value)}, <span class="badge">{running.backend}</span>
            {info && (
              <>
                {' '}
                <span class="badge">{info.engine === 'js' ? 'index in js' : `index in ${info.engine}`}</span>
              </>
            )}
          </p>
        )}
      </div>
      {!info && (
        <p class="lead">
          There is nothing to look into yet: add pictures under <a href="#/teach">Teach</a> or{' '}
          <a href="#/search">Search</a>.
        </p>
      )}
      {info && (
        <section class="panel" aria-labelledby="index-title">
          <h2 id="index-title">Index</h2>
          <dl class="facts">
            <Fact name="pictures" value={String(info.count)} />
            <Fact name="numbers a picture" value={String(info.dim)} />
            <Fact name="as floats" value={bytes(info.floatBytes)} />
            <Fact
              name={info.kind === 'partitioned' ? `as ${info.codes} codes` : 'codes'}
              value={info.kind === 'partitioned' ? bytes(info.codeBytes) : 'none'}
            />
          </dl>
          {info.kind === 'partitioned' ? (
            <Histogram sizes={info.sizes} ms={info.ms} />
          ) : (
            <p class="soft">
              {info.partial
                ? 'Pictures are still coming in: until then every one is compared.'
                : 'Below 64 pictures every one is compared; partitions come with more.'}
            </p>
          )}
        </section>
      )}
      {info?.kind === 'partitioned' && <Tuning info={info} />}
      <Timings />
      {running && (
        <section class={`panel ${info?.kind === 'partitioned' ? '' : 'wide'}`} aria-labelledby="backend-title">
          <h2 id="backend-title">This browser</h2>
          <ul class="lines">
            {running.tried.map(({ name, available, reason }) => (
              <li key={name}>
                <span class="badge">{name}</span> {available ? 'runs the base model' : 'not used'}
                {reason ? `: ${reason}` : ''}
              </li>
            ))}
            <li>
              <span class="badge">threads</span>{' '}
              {globalThis.crossOriginIsolated
                ? 'available'
                : 'not available: this page is not isolated from other origins'}
            </li>
          </ul>
        </section>
      )}
      <AlbumCheck />
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Histogram({ sizes, ms }: { sizes: readonly number[]; ms: number }) {
  const most = Math.max(...sizes, 1);
  return (
    <figure class="histogram">
      <div class="bars" role="img" aria-label={`Pictures in each of ${sizes.length} partitions: ${sizes.join(', ')}`}>
        {sizes.map((size, p) => (
          <i key={p} style={{ height: `${(100 * size) / most}%` }} title={`partition ${p}: ${size}`} />
        ))}
      </div>
      <figcaption class="soft">
        {sizes.length} partitions of {Math.min(...sizes)} to {most} pictures, built in {ms.toFixed(0)} ms
      </figcaption>
    </figure>
  );
}
