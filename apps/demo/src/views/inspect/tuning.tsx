import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SearchApi } from '../../engines/search.worker.js';
import { searcher } from '../../state/engine.js';
import { complain } from '../../state/notices.js';
import { type IndexInfo, settings } from '../../state/search.js';

type Measured = ReturnType<SearchApi['recall']>;

/** Two knobs of the index, and what each setting costs and finds, measured as they are moved. */
export function Tuning({ info }: { info: IndexInfo }) {
  const measured = useSignal<Measured | undefined>(undefined);
  const partitions = Math.min(info.sizes.length, settings.value.partitionsToSearch ?? info.search.partitionsToSearch);
  const reorder = Math.min(info.count, settings.value.reorder ?? info.search.reorder);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      searcher()
        .call('recall', { settings: { ...settings.peek(), k: 10 } })
        .then((answer) => {
          if (current) measured.value = answer;
        })
        .catch(complain);
    }, 60);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [info, partitions, reorder]);
  const { value } = measured;
  return (
    <section class="panel" aria-labelledby="tuning-title">
      <h2 id="tuning-title">Look in fewer places</h2>
      <p class="soft">
        {value
          ? `${value.queries} of your own pictures, each asked for its 10 nearest, against comparing all.`
          : 'Measuring …'}
      </p>
      <dl class="facts">
        <div>
          <dt>of the true 10 found</dt>
          <dd data-recall>{value?.recall == null ? '–' : `${(100 * value.recall).toFixed(1)} %`}</dd>
        </div>
        <div>
          <dt>a search</dt>
          <dd>{value ? `${value.ms.toFixed(2)} ms` : '–'}</dd>
        </div>
        <div>
          <dt>comparing all</dt>
          <dd>{value ? `${value.exactMs.toFixed(2)} ms` : '–'}</dd>
        </div>
      </dl>
      <label class="threshold">
        <span>
          Partitions searched, at most <output>{partitions}</output> of {info.sizes.length}
        </span>
        <input
          id="partitions"
          type="range"
          min="1"
          max={info.sizes.length}
          value={partitions}
          onInput={({ currentTarget }) => {
            settings.value = { ...settings.value, partitionsToSearch: currentTarget.valueAsNumber };
          }}
        />
      </label>
      <label class="threshold">
        <span>
          Candidates looked at again <output>{reorder}</output>
        </span>
        <input
          id="reorder"
          type="range"
          min="0"
          max={Math.min(info.count, 400)}
          value={reorder}
          onInput={({ currentTarget }) => {
            settings.value = { ...settings.value, reorder: currentTarget.valueAsNumber };
          }}
        />
      </label>
    </section>
  );
}
