import { Albums } from './albums.js';
import { Ask } from './ask.js';
import { Models } from './models.js';

export function TeachView() {
  return (
    <div class="teach">
      <Albums />
      <Ask />
      <Models />
    </div>
  );
}
