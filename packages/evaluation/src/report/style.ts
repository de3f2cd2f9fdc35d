/**
 * The report's style sheet. One column on a phone, heading beside content from 60 rem on; every colour pair reaches
 * 4.5:1 in both schemes; nothing moves.
 */
export const style = `
:root{color-scheme:light dark;--bg:#fcfcfa;--panel:#f2f1ec;--ink:#1b1c1e;--muted:#5b5e65;--line:#dcdad2;--good:#1f5fa8;--bad:#b3420f;--unsure:#6b5a00;--track:#e6e4dc;--band:#1f5fa833;--c0:#1f5fa8;--c1:#b3420f;--c2:#2e7030;--c3:#86359a;--c4:#7a5f00;--c5:#006b61;--c6:#b81657;--c7:#5b5e65}
@media (prefers-color-scheme:dark){:root{--bg:#141619;--panel:#1e2125;--ink:#e9e8e4;--muted:#a5a9b0;--line:#363a40;--good:#7ab5f5;--bad:#ff9d6b;--unsure:#e3c75a;--track:#2c3036;--band:#7ab5f533;--c0:#7ab5f5;--c1:#ff9d6b;--c2:#83c987;--c3:#d39ae0;--c4:#e3c75a;--c5:#4fc0b4;--c6:#f58fb3;--c7:#a5a9b0}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.page{max-width:76rem;margin:0 auto;padding:0 clamp(1rem,4vw,3rem) 4rem}
a{color:var(--good);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--good);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--bg);padding:.5rem 1rem;z-index:9}
header{padding:clamp(2rem,6vw,4rem) 0 1.5rem}
h1{font-size:clamp(1.5rem,4vw,2.2rem);line-height:1.15;letter-spacing:-.015em;margin:0 0 .5rem;text-wrap:balance}
header p{margin:.3rem 0;color:var(--muted);max-width:46rem}
.headline{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;align-items:baseline;margin:1.5rem 0 .5rem}
.headline strong{font-size:clamp(3rem,12vw,5.5rem);line-height:1;font-weight:650;letter-spacing:-.04em}
.headline span{max-width:32rem;color:var(--muted)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:1px;margin:1.5rem 0 0;background:var(--line);border:1px solid var(--line);border-radius:8px;overflow:hidden}
.facts div{background:var(--bg);padding:.6rem .9rem}
.facts dt{font-size:.8rem;color:var(--muted)}
.facts dd{margin:0;font-weight:600}
nav ul{display:flex;flex-wrap:wrap;gap:0 1.2rem;list-style:none;margin:0;padding:0}
nav a{display:inline-block;padding:.45rem 0;font-size:.9rem}
section{border-top:1px solid var(--line);padding:2rem 0 2.5rem;display:grid;gap:.5rem 3rem;grid-template-columns:minmax(0,1fr);scroll-margin-top:1rem}
h2{font-size:1.3rem;line-height:1.2;letter-spacing:-.01em;margin:0 0 .4rem}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
.lead{margin:0;color:var(--muted);font-size:.93rem;max-width:42rem}
.body{min-width:0;padding-top:.75rem}
@media (min-width:60rem){section{grid-template-columns:15rem minmax(0,1fr)}.body{padding-top:.1rem}}
.note,.cap small,figcaption{color:var(--muted);font-size:.85rem}
.scroll{overflow-x:auto;margin:0 -.25rem;padding:0 .25rem}
table{border-collapse:collapse;width:100%;font-size:.93rem}
th,td{text-align:left;padding:.42rem .9rem .42rem 0;vertical-align:middle;border-bottom:1px solid var(--line);font-weight:400}
td{white-space:nowrap}
thead th,thead td{color:var(--muted);font-size:.8rem;vertical-align:bottom;white-space:nowrap}
tbody th{min-width:7rem;font-weight:550}
.number{text-align:right}
td.wide,thead td.wide{width:34%;min-width:5rem}
table.bars tbody th{width:1%;min-width:11rem}
.bar{display:block;width:100%;height:.6rem;border-radius:2px}
.bar .track{fill:var(--track)}.bar .fill{fill:var(--good)}.bar .interval{fill:var(--ink)}.bar .halo{fill:var(--bg)}
@media (max-width:36rem){
table.bars,table.bars tbody{display:block}
table.bars thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
table.bars tr{display:grid;grid-template-columns:1fr auto;border-bottom:1px solid var(--line);padding:.5rem 0}
table.bars tbody th,table.bars td{border:0;padding:.05rem 0;width:auto;min-width:0}
table.bars td.wide{grid-column:1/-1;width:auto;padding:.3rem 0}
table.bars td:nth-child(n+4){font-size:.85rem;color:var(--muted)}
table.bars td:nth-child(5),table.bars td:nth-child(5).note{text-align:right}
table.bars td:nth-child(6){grid-column:1/-1;text-align:left}
table.bars td:nth-child(6)::before{content:attr(data-name) " "}
}
.difference .zero{fill:var(--muted)}.difference.open .fill{fill:var(--muted)}
.verdict{font-size:1.1rem;line-height:1.4;font-weight:550}
figure{margin:0;container-type:inline-size;max-width:42rem}
.chart{display:block;width:100%;height:auto;overflow:visible}
.chart text{font-size:12px;fill:var(--muted)}
@container (min-width:30rem){.chart text{font-size:8px}}
.grid path,.base{stroke:var(--line);fill:none;stroke-width:1}
.base{stroke:var(--muted)}
.end text,text.end{text-anchor:end}.middle text{text-anchor:middle}
.series .line{fill:none;stroke-width:2;stroke-linejoin:round}
.series-0 .line{stroke:var(--good)}.series-1 .line{stroke:var(--bad);stroke-dasharray:5 3}
.series-0 circle{fill:var(--good)}.series-1 circle{fill:var(--bad)}
.band{fill:var(--band)}
.right rect{fill:var(--good)}.wrong rect{fill:var(--bad)}
.threshold path{stroke:var(--ink);stroke-dasharray:3 3;fill:none}.threshold text{fill:var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;margin:0 0 .5rem;font-size:.9rem}
.legend li::before{content:"";display:inline-block;width:.8rem;height:.8rem;border-radius:2px;margin-right:.45rem;vertical-align:-.05rem;background:var(--muted)}
.legend .right::before,.legend .series-0::before{background:var(--good)}
.legend .wrong::before,.legend .series-1::before{background:var(--bad)}
summary{cursor:pointer}
.twin,.more{margin-top:.8rem}
.twin>summary,.more>summary{color:var(--good);font-size:.9rem;padding:.3rem 0;width:fit-content}
.more[open]>summary{margin-bottom:.6rem}
.picture{display:block;width:100%;aspect-ratio:1;background:var(--panel);border-radius:6px;overflow:hidden}
.missing{fill:none;stroke:var(--muted);stroke-width:.6;stroke-linejoin:round;padding:20%}
.mistakes{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,16rem),1fr));gap:1.6rem 1.4rem}
.mistake{max-width:24rem}
.versus{display:grid;grid-template-columns:1fr 1fr;gap:.5rem}
.cap{display:block;line-height:1.3;margin-top:.35rem;font-weight:600}
.cap small{font-weight:400;display:block}
.bad{color:var(--bad)}.unsure{color:var(--unsure)}
figcaption{line-height:1.4;margin-top:.35rem}
.id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:.7rem;align-items:start}
.pair{border:1px solid var(--line);border-radius:8px}
.pair[open]{grid-column:1/-1}
.pair>summary{display:flex;gap:.8rem;align-items:center;padding:.6rem .8rem;list-style:none;border-radius:8px}
.pair>summary::-webkit-details-marker{display:none}
.pair>summary:hover{background:var(--panel)}
.pair .thumbs{display:grid;grid-template-columns:3rem 3rem;gap:3px;flex:none}
.pair .words{flex:1;line-height:1.3;font-size:.93rem}
.pair>summary::after{content:"+";color:var(--muted);font-size:1.2rem;line-height:1;width:.8rem;text-align:center}
.pair[open]>summary::after{content:"\\2212"}
.pair .count{font-weight:650;font-size:1.1rem}
.pair>.mistakes,.pair>.note{padding:.4rem .8rem 1rem;margin:0}
.queries{display:grid;gap:1.2rem}
.query{display:grid;grid-template-columns:minmax(0,8rem) minmax(0,1fr);gap:.9rem;border-bottom:1px solid var(--line);padding-bottom:1.2rem}
.query:last-child{border:0}
.query ol{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(4.6rem,1fr));gap:.6rem}
.query .cap{font-size:.85rem;font-weight:550}
.query li .cap{font-size:.78rem;font-weight:400}
.query .cap small{font-size:.95em}
.query li.wrong .picture{box-shadow:0 0 0 2px var(--bg),0 0 0 4px var(--bad)}
.query li.wrong .cap{color:var(--bad)}
.query li.right .cap{color:var(--good)}
@media (max-width:36rem){.query{grid-template-columns:1fr}.query .asked{display:grid;grid-template-columns:6rem 1fr;gap:.8rem;align-items:center}}
.map-figure{display:grid;grid-template-columns:minmax(0,1fr);gap:.8rem;margin-bottom:2rem}
.map-figure h3{margin:0}
.map-tools{font-size:.93rem}
select{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--muted);border-radius:5px;padding:.25rem .4rem;max-width:100%}
.plane{overflow:hidden}
.frame{fill:none;stroke:var(--line)}
.point{fill:var(--good);fill-opacity:.75;stroke:var(--bg);stroke-width:.4}
.marked{fill:none;stroke:var(--bad);stroke-width:1.4}
.ring{fill:none;stroke:var(--ink);stroke-width:1.5;pointer-events:none}
.picked .point:not(.on){opacity:.13}
.class-0{fill:var(--c0)}.class-1{fill:var(--c1)}.class-2{fill:var(--c2)}.class-3{fill:var(--c3)}.class-4{fill:var(--c4)}.class-5{fill:var(--c5)}.class-6{fill:var(--c6)}.class-7{fill:var(--c7)}
.names{pointer-events:none}
.chart .names text{fill:var(--ink);stroke:var(--bg);stroke-width:3;paint-order:stroke;stroke-linejoin:round;text-anchor:middle;font-weight:600}
.map-readout{display:grid;grid-template-columns:6rem 1fr;gap:.8rem;align-items:center;min-height:6rem;font-size:.93rem}
.legend .cross::before{content:"\\d7";background:none;color:var(--bad);font-weight:700;font-size:1.2rem;line-height:.8rem;vertical-align:0}
.labels{display:flex;flex-wrap:wrap;gap:.35rem;list-style:none;padding:0;margin:.2rem 0}
.labels li{background:var(--panel);border-radius:4px;padding:.1rem .5rem;font-size:.88rem}
.body>p{margin:.2rem 0 .6rem;max-width:42rem}
.sheet{position:absolute}
footer{border-top:1px solid var(--line);padding-top:1rem;color:var(--muted);font-size:.85rem}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{:root{color-scheme:light;--bg:#fff;--panel:#f2f1ec;--ink:#000;--muted:#444;--line:#bbb;--good:#1f5fa8;--bad:#b3420f;--unsure:#6b5a00;--track:#e6e4dc;--band:#1f5fa833;--c0:#1f5fa8;--c1:#b3420f;--c2:#2e7030;--c3:#86359a;--c4:#7a5f00;--c5:#006b61;--c6:#b81657;--c7:#5b5e65}*{print-color-adjust:exact}nav,.skip{display:none}.mistake,.pair,tr{break-inside:avoid}section{display:block}body{font-size:10.5pt}}
`;
