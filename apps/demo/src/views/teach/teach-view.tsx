import { Albums } from './albums.js';
import { Ask } from './ask.js';
import { Models } from './models.js';
import { Welcome } from './welcome.js';

export function TeachView() {
  return (
    <div class="teach">
      <Welcome />
      <Albums />
      <Ask />
      <Models />
    </div>
  );
}
