/** The report's script: what is folded is printed open. Everything else works without it. */
export const script = `
addEventListener('beforeprint',()=>{for(const d of document.querySelectorAll('details:not([open])')){d.open=true;d.dataset.printed='';}});
addEventListener('afterprint',()=>{for(const d of document.querySelectorAll('[data-printed]')){d.open=false;delete d.dataset.printed;}});
`;
