import { Thumb } from '../../components/thumb.js';
import { removePicture } from '../../state/albums.js';
import { albums, byId } from '../../state/gallery.js';
import { confusions, report } from '../../state/map.js';

/** How good the albums are, without test pictures: each picture is asked against all others. */
export function AlbumCheck() {
  if (albums.value.size < 2) return null;
  const { value } = report;
  const mixedUp = confusions(value);
  return (
    <section class="panel wide" aria-labelledby="check-title">
      <h2 id="check-title">Albums</h2>
      {!value || value.leaveOneOut.total === 0 ? (
        <p class="soft">
          Every album has one picture, so none can be asked against its own kind. Add a second picture to an album.
        </p>
      ) : (
        <>
          <p>
            <strong class="big" data-loo>
              {value.leaveOneOut.correct} of {value.leaveOneOut.total}
            </strong>{' '}
            pictures have their nearest other picture in their own album
            {value.alone > 0 && `; ${value.alone} are alone in theirs and not asked`}.
          </p>
          {mixedUp.length > 0 && <h3>Mixed up</h3>}
          <ul class="confusions" aria-label="Mixed up pictures">
            {mixedUp.slice(0, 12).map((suspect) => {
              const entry = byId.value.get(suspect.id);
              return (
                <li key={suspect.id}>
                  <Thumb entry={entry} alt={suspect.id} />
                  <span aria-hidden="true">→</span>
                  <Thumb entry={byId.value.get(suspect.nearestId)} alt={suspect.nearestId} />
                  <p>
                    {suspect.label} <span class="soft">taken for</span> {suspect.nearestLabel}
                  </p>
                  {entry && (
                    <button
                      type="button"
                      class="link"
                      onClick={() => removePicture(entry)}
                      aria-label={`Remove ${entry.name}`}
                    >
                      Remove
                    </button>
                  )}
                </li>
              );
            })}
          </ul>
        </>
      )}
    </section>
  );
}
