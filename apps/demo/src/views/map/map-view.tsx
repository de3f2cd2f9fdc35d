import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { blobOf, Thumb } from '../../components/thumb.js';
import { confusions, layout, report, showPca, star, startUmap, umapProgress } from '../../state/map.js';
import { speak } from '../../state/notices.js';
import { contents, pictureById } from '../../state/pictures.js';
import { isDark } from '../../state/theme.js';
import { classColours, drawMap, type MapScene, type MapView as Place, type Placement, shapes } from './map-canvas.js';
import { tileOf } from './tile-images.js';

/** More marks than this hide the pictures. */
const mostMarked = 20;
const whole: Place = { x: 0, y: 0, zoom: 1 };

export function MapView() {
  const shown = layout.value;
  return (
    <section class="map" aria-labelledby="map-title">
      <div class="heading">
        <h1 id="map-title">{shown ? 'Map' : 'A map of your gallery'}</h1>
        {shown && <p class="lesson">{shown.ids.length} pictures; what lies near looks alike to the base model</p>}
      </div>
      {shown ? (
        <Chart />
      ) : (
        <p class="lead">
          It appears when there are three pictures: add some under <a href="#/teach">Teach</a> or{' '}
          <a href="#/search">Search</a>.
        </p>
      )}
    </section>
  );
}

function Chart() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const placed = useRef<Placement>(undefined);
  const redraw = useRef(() => {});
  const place = useSignal(whole);
  const selected = useSignal<number | undefined>(undefined);
  const shown = layout.value!;
  const classes = [...new Set(shown.labels)].filter((label) => label !== '');
  const mixedUp = confusions(report.value);
  const suspects = new Set(mixedUp.slice(0, mostMarked).map(({ id }) => id));
  const entry = selected.value === undefined ? undefined : pictureById.value.get(shown.ids[selected.value]!);

  const blobs = shown.ids.map((id) => blobOf(pictureById.value.get(id)));
  useEffect(() => {
    let frame = 0;
    const later = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    };
    const scene = (): MapScene => ({
      points: shown.points,
      classes: shown.labels.map((label) => classes.indexOf(label)),
      // A picture that arrives later is drawn into the map as it is then.
      images: blobs.map((blob) => tileOf(blob, () => redraw.current())),
      marked: new Set(shown.ids.flatMap((id, row) => (suspects.has(id) ? [row] : []))),
      selected: selected.value,
      star: star.value,
    });
    const draw = () => {
      if (canvas.current) placed.current = drawMap(canvas.current, scene(), place.peek());
    };
    redraw.current = later;
    later();
    const resized = new ResizeObserver(later);
    if (canvas.current) resized.observe(canvas.current);
    return () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
    };
  }, [
    shown,
    star.value,
    report.value,
    place.value,
    selected.value,
    blobs.filter(Boolean).length,
    contents.value,
    isDark(),
  ]);

  const move = (dx: number, dy: number) => {
    const { x, y, zoom } = place.value;
    const [left, top] = placed.current?.toScreen(0, 0) ?? [0, 0];
    const [right, bottom] = placed.current?.toScreen(1, 1) ?? [1, 1];
    place.value = { x: x + dx / (right - left || 1), y: y + dy / (bottom - top || 1), zoom };
  };
  const zoomBy = (factor: number) => {
    place.value = { ...place.value, zoom: Math.max(0.5, Math.min(20, place.value.zoom * factor)) };
  };
  const nearest = (event: MouseEvent & { currentTarget: HTMLCanvasElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    let best: number | undefined;
    let distance = 40;
    shown.ids.forEach((_, row) => {
      const [x, y] = placed.current?.toScreen(shown.points[row * 2]!, shown.points[row * 2 + 1]!) ?? [0, 0];
      const d = Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top));
      if (d < distance) [best, distance] = [row, d];
    });
    selected.value = best;
  };
  const step = (by: 1 | -1) => {
    const { length } = shown.ids;
    const row = ((selected.value ?? (by > 0 ? -1 : 0)) + by + length) % length;
    selected.value = row;
    speak(`${shown.labels[row] || 'library'}: ${pictureById.peek().get(shown.ids[row]!)?.name ?? shown.ids[row]}`);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => move(-40, 0),
    ArrowRight: () => move(40, 0),
    ArrowUp: () => move(0, -40),
    ArrowDown: () => move(0, 40),
    '+': () => zoomBy(1.25),
    '-': () => zoomBy(0.8),
    '0': () => {
      place.value = whole;
    },
    n: () => step(1),
    p: () => step(-1),
  };
  return (
    <>
      <div class="row">
        <fieldset class="segments">
          <legend class="visually-hidden">Layout</legend>
          <button type="button" aria-pressed={shown.kind === 'pca'} onClick={showPca}>
            PCA
          </button>
          <button
            type="button"
            aria-pressed={shown.kind === 'umap'}
            disabled={shown.ids.length < 4 || umapProgress.value !== undefined}
            onClick={startUmap}
          >
            {umapProgress.value === undefined ? 'UMAP' : `UMAP ${Math.round(umapProgress.value * 100)} %`}
          </button>
        </fieldset>
        <button type="button" class="button" aria-label="Nearer" onClick={() => zoomBy(1.25)}>
          +
        </button>
        <button type="button" class="button" aria-label="Farther" onClick={() => zoomBy(0.8)}>
          −
        </button>
        <button type="button" class="button" onClick={keys['0']}>
          All of it
        </button>
        <ul class="legend" aria-label="Albums">
          {classes.slice(0, 12).map((label, i) => (
            <li key={label}>
              <span
                class={`shape ${shapes[i % shapes.length]}`}
                style={{ '--colour': classColours[i % classColours.length] }}
              />
              {label}
            </li>
          ))}
          {classes.length > 12 && <li>and {classes.length - 12} more</li>}
        </ul>
      </div>
      <div class="chart">
        <canvas
          ref={canvas}
          tabIndex={0}
          role="img"
          aria-label="Map of the gallery. Arrow keys move it, plus and minus zoom, n and p step through the pictures; the table below has the same."
          onClick={nearest}
          onWheel={(event) => {
            event.preventDefault();
            zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15);
          }}
          onPointerMove={(event) => {
            if (event.buttons === 1) move(-event.movementX, -event.movementY);
          }}
          onKeyDown={(event) => {
            const act = keys[event.key];
            if (!act || event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            act();
          }}
        />
        {entry && (
          <figure class="picked">
            <Thumb entry={entry} alt={entry.name} large />
            <figcaption>
              <strong>{entry.label || 'library'}</strong> {entry.name}
            </figcaption>
          </figure>
        )}
      </div>
      <Notes suspects={mixedUp.length} />
      <Twin />
    </>
  );
}

function Notes({ suspects }: { suspects: number }) {
  return (
    <ul class="signs soft">
      {suspects > 0 && (
        <li>
          <span class="sign doubt" aria-hidden="true">
            ?
          </span>
          {suspects} nearer to another album than to their own: a wrong label, or a hard one
          {suspects > mostMarked && `; the ${mostMarked} clearest are marked`}
        </li>
      )}
      {star.value ? (
        <>
          <li>
            <span class="sign star" aria-hidden="true" />
            your last question
          </li>
          <li>
            <span class="sign near" aria-hidden="true" />
            its five nearest pictures
          </li>
        </>
      ) : (
        <li>Ask something under Teach or Search, and it appears here as a star.</li>
      )}
    </ul>
  );
}

/** The map in words. */
function Twin() {
  const shown = layout.value!;
  const suspects = new Map(confusions(report.value).map((suspect) => [suspect.id, suspect]));
  const near = new Set(star.value?.neighbours ?? []);
  return (
    <details>
      <summary>The same as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section class="table" tabIndex={0} aria-label="Pictures on the map">
        <table>
          <thead>
            <tr>
              <th scope="col">Picture</th>
              <th scope="col">Album</th>
              <th scope="col">Place</th>
              <th scope="col">Note</th>
            </tr>
          </thead>
          <tbody>
            {shown.ids.slice(0, 1000).map((id, row) => (
              <tr key={id}>
                <th scope="row">{pictureById.value.get(id)?.name ?? id}</th>
                <td>{shown.labels[row] || 'library'}</td>
                <td>
                  {shown.points[row * 2]!.toFixed(2)}, {shown.points[row * 2 + 1]!.toFixed(2)}
                </td>
                <td>
                  {suspects.has(id) ? `nearer to ${suspects.get(id)!.nearestLabel}; look at it. ` : ''}
                  {near.has(row) ? 'near the question' : ''}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
