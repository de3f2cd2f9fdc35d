/** Keeps `--options` of the command line whole: a line may end before one, not behind its hyphens. */
export function wholeFlags(md) {
  const inline = md.renderer.rules.code_inline;
  md.renderer.rules.code_inline = (...args) =>
    inline(...args).replace(/(^|[\s>(])(--?[a-z][\w-]*)/g, '$1<span class="flag">$2</span>');
}
