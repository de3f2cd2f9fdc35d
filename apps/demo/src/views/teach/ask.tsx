import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { dropTarget } from '../../components/drop-target.js';
import { picturesFromDrop } from '../../components/dropped-files.js';
import { addressOf, Thumb } from '../../components/thumb.js';
import { loadSamples } from '../../engines/sample-pack.js';
import { answered, ask, isReady, picture, rate } from '../../state/ask.js';
import { cameras, startCamera, stopCamera, stream, video } from '../../state/camera.js';
import { albums, byId, calibrated } from '../../state/gallery.js';
import { complain } from '../../state/notices.js';
import { chosen, setUnknownBelow, unknownBelow } from '../../state/unknown.js';

/** A question in a picture, and the picture that answered it. */
export function Ask() {
  const over = useSignal(false);
  const live = stream.value !== undefined;
  return (
    <section class="ask" aria-labelledby="ask-title">
      <h2 id="ask-title">Ask</h2>
      <div
        id="drop"
        class={`stage ${over.value ? 'over' : ''}`}
        {...dropTarget(over, (transfer) => {
          const [file] = picturesFromDrop(transfer);
          if (file) void askAbout(file);
          else complain('That is not a picture.');
        })}
      >
        {live ? (
          <Camera />
        ) : picture.value ? (
          <img src={addressOf(picture.value)} alt="What was asked about" />
        ) : (
          <p class="soft">Drop a picture here</p>
        )}
      </div>
      <div class="row">
        <label class="button file">
          <input
            id="query"
            type="file"
            accept="image/*"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              if (file) void askAbout(file);
              currentTarget.value = '';
            }}
          />
          Choose a picture
        </label>
        {cameras.value !== 0 ? (
          <button type="button" class="button" aria-pressed={live} onClick={live ? stopCamera : startCamera}>
            {live ? 'Stop the camera' : 'Use the camera'}
          </button>
        ) : (
          <span class="soft">No camera here.</span>
        )}
        <SampleQuestion />
      </div>
      <Answers />
      {isReady.value && <Threshold />}
    </section>
  );
}

function Threshold() {
  const { objective } = calibrated.value ?? {};
  return (
    <div class="threshold">
      <label>
        <span>
          “Unknown” below <output>{unknownBelow.value.toFixed(2)}</output>
        </span>
        <input
          id="threshold"
          type="range"
          min="0"
          max="1"
          step="0.01"
          value={unknownBelow.value}
          onInput={({ currentTarget }) => setUnknownBelow(currentTarget.valueAsNumber)}
        />
      </label>
      {chosen.value === undefined ? (
        <p class="soft" data-calibrated={objective}>
          {objective === 'far'
            ? 'Calibrated on how alike your albums are; more pictures in each make it surer.'
            : 'Calibrated on your albums: each picture asked the others.'}
        </p>
      ) : (
        <button type="button" class="link" onClick={() => setUnknownBelow(undefined)}>
          Calibrate on the albums again
        </button>
      )}
    </div>
  );
}

async function askAbout(file: File) {
  stopCamera();
  await ask(file);
}

/** One function for all renderings: another one would be called with nothing, then with the element, each time. */
function show(element: HTMLVideoElement | null) {
  if (element && element.srcObject !== stream.peek()) element.srcObject = stream.peek() ?? null;
  video.value = element;
}

function Camera() {
  useEffect(
    () => () => {
      video.value = null;
    },
    [],
  );
  return (
    <>
      <video aria-label="Camera" autoplay playsInline muted ref={show} />
      <span class="rate" aria-hidden="true">
        {rate.value > 0 ? `${rate.value.toFixed(rate.value < 3 ? 1 : 0)} / s` : ''}
      </span>
    </>
  );
}

/** The other artist's drawing of something that an album shows. */
function SampleQuestion() {
  const names = [...albums.value.keys()];
  const next = async () => {
    try {
      const known = (await loadSamples('queries')).filter(({ label }) => names.includes(label));
      const at = known.findIndex(({ label }) => `${label}.png` === picture.value?.name);
      const chosen = known[(at + 1) % known.length];
      if (chosen) await askAbout(chosen.picture);
    } catch (error) {
      complain(error);
    }
  };
  if (!albums.value.has('lemon')) return null;
  return (
    <button type="button" class="button" onClick={next}>
      Another artist’s drawing
    </button>
  );
}

function Answers() {
  if (!isReady.value) return <p class="soft hint">It answers as soon as there are two albums.</p>;
  const { answers } = answered.value ?? {};
  const [best] = answers ?? [];
  if (!answers || !best) return null;
  const unknown = best.score < unknownBelow.value;
  return (
    <div class={`answers ${unknown ? 'unknown' : ''}`}>
      <div class="decided">
        <Thumb entry={byId.value.get(best.nearestId)} alt={`The picture that decided: ${best.nearestId}`} large />
        <div>
          <p class="best" data-label={unknown ? 'unknown' : best.label}>
            {unknown ? 'Unknown' : best.label}
          </p>
          <p class="soft">
            {unknown ? `Nothing is near enough; the nearest is ${best.label}.` : 'This picture of yours decided.'}
          </p>
        </div>
      </div>
      <ol aria-label="Answers, best first">
        {answers.map(({ label, score, nearestId }) => (
          <li key={label} data-label={label}>
            <Thumb entry={byId.value.get(nearestId)} />
            <span class="label">{label}</span>
            <span class="score">{score.toFixed(2)}</span>
            <span class="track" aria-hidden="true">
              <i style={{ width: `${Math.max(0, Math.min(1, score)) * 100}%` }} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
