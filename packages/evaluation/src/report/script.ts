/**
 * The report's script: what is folded is printed open, tables too wide for the page can be scrolled by key, and a
 * point on the map shows its picture under the pointer or by the arrow keys. Everything else works without it.
 * It writes text and references only, never markup.
 */
export const script = `
addEventListener('beforeprint',()=>{for(const d of document.querySelectorAll('details:not([open])')){d.open=true;d.dataset.printed='';}});
addEventListener('afterprint',()=>{for(const d of document.querySelectorAll('[data-printed]')){d.open=false;delete d.dataset.printed;}});
const reach=()=>{for(const box of document.querySelectorAll('.scroll')){if(box.scrollWidth>box.clientWidth)box.tabIndex=0;else box.removeAttribute('tabindex');}};
addEventListener('resize',reach);document.addEventListener('toggle',reach,true);reach();
for(const figure of document.querySelectorAll('.map-figure')){
  const map=figure.querySelector('.map'),ring=figure.querySelector('.ring'),picture=figure.querySelector('.map-readout use'),text=figure.querySelector('output'),choice=figure.querySelector('.map-class');
  const points=[...figure.querySelectorAll('.point')];
  let at=null;
  const show=(point)=>{
    at=point;
    ring.removeAttribute('visibility');ring.setAttribute('cx',point.dataset.x);ring.setAttribute('cy',point.dataset.y);
    picture.setAttribute('href','#'+(point.dataset.picture||'no-picture'));
    text.textContent=point.querySelector('title').textContent;
  };
  const shown=()=>choice.value===''?points:points.filter((p)=>p.dataset.class===choice.value);
  map.tabIndex=0;
  map.addEventListener('pointerover',(event)=>{const point=event.target.closest('.point');if(point)show(point);});
  map.addEventListener('keydown',(event)=>{
    const step={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]}[event.key];
    if(!step||event.altKey||event.ctrlKey||event.metaKey)return;
    event.preventDefault();
    const list=shown();
    if(!at||!list.includes(at)){if(list[0])show(list[0]);return;}
    let best=null,least=Infinity;
    for(const point of list){
      const dx=point.dataset.x-at.dataset.x,dy=point.dataset.y-at.dataset.y;
      const ahead=dx*step[0]+dy*step[1],aside=Math.abs(dx*step[1])+Math.abs(dy*step[0]);
      if(point===at||ahead<=0)continue;
      const cost=ahead+2*aside;
      if(cost<least){least=cost;best=point;}
    }
    if(best)show(best);
  });
  choice.addEventListener('change',()=>{
    map.classList.toggle('picked',choice.value!=='');
    for(const point of points)point.classList.toggle('on',point.dataset.class===choice.value);
  });
}
`;
