import { endWelcome, welcoming } from '../../state/welcome.js';

/** Once, and again when asked for: what this is for, and what it is not for. */
export function Welcome() {
  if (!welcoming.value) return null;
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">A classifier from a handful of pictures</h2>
      <p>
        Put pictures of the things that matter to you into albums. At once the page tells them apart, in a picture or
        before the camera, and shows the picture of yours that decided. Take the result away as a model.
      </p>
      <p>
        Nothing leaves this device. It is not made to recognise people, and not for decisions about them: it compares
        what things look like, and is wrong now and then.
      </p>
      <button type="button" class="button primary" onClick={endWelcome}>
        Get started
      </button>
    </section>
  );
}
