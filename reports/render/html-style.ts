/**
 * The style of the page, inline, because a report is one file that is sent around.
 *
 * Colours are variables: one set for light, one for dark, and print always uses light. Red, amber
 * and green are kept for verdicts; equality marks and owners have hues of their own, so that a
 * colour means one thing. Only fonts that every machine has are named.
 */

const light = `
--page:#f4f6f8;--card:#fff;--ink:#18202c;--soft:#566173;--line:#dde2e9;--tint:#f7f9fb;
--pass:#0d7349;--pass-bg:#e4f5ec;--violated:#b3261e;--violated-bg:#fdecea;
--inconclusive:#855400;--inconclusive-bg:#fdf3dc;--mark:#ffd9d4;--grid:#e7ebf0;--fault:#b3261e;
--hue0:#2f66cf;--hue1:#cf7416;--hue2:#168a7d;--hue3:#8a47a8;--hue4:#c13a70;--hue5:#6b7d1e;
--hue6:#5c6f86;--hue7:#8c5a2b;`;

const dark = `
--page:#0e1218;--card:#161c25;--ink:#e7ebf1;--soft:#9dabbd;--line:#2a333f;--tint:#1b222c;
--pass:#54cf97;--pass-bg:#12301f;--violated:#ff8a80;--violated-bg:#3a1715;
--inconclusive:#f0bd5a;--inconclusive-bg:#33270d;--mark:#6b2620;--grid:#232b36;--fault:#ff8a80;
--hue0:#79a7ff;--hue1:#f0a04b;--hue2:#4cc9b9;--hue3:#c48ae0;--hue4:#f07aa8;--hue5:#b5c95a;
--hue6:#9fb3c8;--hue7:#d09a63;`;

const hues = Array.from(
  { length: 8 },
  (_, index) =>
    `.h${index}{--hue:var(--hue${index})}.f${index}{fill:var(--hue${index})}
.s${index}{stroke:var(--hue${index})}`,
).join('');

const page = `
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
-webkit-text-size-adjust:100%}
main{max-width:1160px;margin:0 auto;padding:24px 24px 48px}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px 22px;
margin-top:16px}
h1,h2,h3,p,dl,dd,figure{margin:0}
h2{font-size:17px;line-height:1.3;letter-spacing:-.005em}
h3{font-size:14px;margin-top:18px}
p.lead{color:var(--soft);margin-top:4px;max-width:110ch}
p.note{color:var(--soft);font-size:13px;margin-top:10px}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:.88em}
pre{margin:10px 0 0;padding:12px 14px;background:var(--tint);border:1px solid var(--line);
border-radius:8px;
white-space:pre-wrap;overflow-wrap:anywhere}
.soft{color:var(--soft)}.small{font-size:13px}
table.checks td:nth-child(3){width:30%}
.num{text-align:right;font-variant-numeric:tabular-nums}
.break{overflow-wrap:anywhere}`;

const banner = `
header{border-radius:12px;padding:22px 26px;color:#fff}
header.pass{background:#0d6b45}header.violated{background:#a3211a}
header.inconclusive{background:#7a4d00}
header .brand{font-size:13px;opacity:.9;display:flex;gap:8px;justify-content:space-between;
flex-wrap:wrap}
header h1{font-size:34px;line-height:1.15;margin-top:6px;letter-spacing:-.015em}
header .sentence{font-size:18px;line-height:1.42;margin-top:8px;max-width:80ch;
overflow-wrap:anywhere}
header .method{font-size:14px;margin-top:8px;opacity:.92;max-width:110ch}
.facts{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:8px 24px;margin-top:18px;
padding-top:14px;
border-top:1px solid rgb(255 255 255/.28)}
.facts dt{font-size:12px;opacity:.85}.facts dd{font-size:16px;font-weight:600;
font-variant-numeric:tabular-nums}`;

const layers = `
.layers{display:grid;grid-template-columns:repeat(var(--wide),minmax(0,1fr));gap:12px;
margin-top:14px}
.layer{border:1px solid var(--line);border-radius:9px;padding:12px 13px;background:var(--tint);
min-width:0;
display:flex;flex-direction:column;border-top:4px solid var(--hue,var(--line))}
.layer.wrong{border-color:var(--violated);box-shadow:0 0 0 1px var(--violated)}
.layer .name{overflow-wrap:anywhere;font-weight:650;font-size:15px;line-height:1.3;min-height:2.6em}
.layer .rows{font-size:23px;line-height:1.25;font-weight:650;font-variant-numeric:tabular-nums;
letter-spacing:-.01em}
.layer .unit{display:block;margin-top:-3px;font-size:13px;color:var(--soft);font-weight:400;letter-spacing:0}
.layer .digest{margin-top:4px;font-size:12.5px;overflow-wrap:anywhere}
.layer .same{margin-top:8px;font-size:13px;display:flex;gap:7px;align-items:center}
.layer .by{overflow-wrap:anywhere;margin-top:auto;padding-top:9px;font-size:12.5px;color:var(--soft);line-height:1.4}
.chip{display:inline-block;min-width:19px;padding:0 5px;border-radius:5px;font-size:12px;
line-height:19px;font-weight:700;
text-align:center;color:var(--card);background:var(--hue,var(--soft))}
.badge{display:inline-block;border-radius:999px;padding:1px 10px;font-size:12.5px;font-weight:650;
white-space:nowrap}
.badge.pass{color:var(--pass);background:var(--pass-bg)}
.badge.violated{color:var(--violated);background:var(--violated-bg)}
.badge.inconclusive{color:var(--inconclusive);background:var(--inconclusive-bg)}
.badge.none{color:var(--soft);background:var(--tint)}`;

const tables = `
.scroll{overflow-x:auto;margin-top:12px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-size:12.5px;font-weight:600;color:var(--soft);text-align:left;vertical-align:bottom;
padding:5px 12px 6px 0;
border-bottom:1px solid var(--line)}
th.num{text-align:right}
td{padding:7px 12px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}th:last-child,td:last-child{padding-right:0}
td.tight,th.tight{white-space:nowrap;width:1%}
table.parts{table-layout:fixed;min-width:calc(82px + 104px*var(--wide))}
table.parts th{overflow-wrap:break-word;font-size:12px;padding-right:8px}
table.parts th:first-child{width:82px}.layer .by b{font-weight:600;color:var(--ink)}
table.parts td{font-variant-numeric:tabular-nums;
white-space:nowrap}
table.parts .chip{margin-left:7px}
table.parts .mono{display:block;color:var(--soft);font-size:12px}
.finding{border:1px solid var(--line);border-left:4px solid var(--violated);border-radius:8px;
padding:12px 14px;margin-top:12px}
.finding.inconclusive{border-left-color:var(--inconclusive)}
.finding .head{display:flex;gap:6px 10px;flex-wrap:wrap;align-items:baseline}
.finding .code{font-weight:700;color:var(--violated)}
.finding.inconclusive .code{color:var(--inconclusive)}
.finding table{font-size:13px;margin-top:8px;table-layout:fixed}
.finding td,.finding th{padding:4px 12px 4px 0;overflow-wrap:anywhere}
.finding th:first-child{width:132px}
.finding tr.equal td{color:var(--soft)}
.finding td.gone{color:var(--violated);font-weight:600;border-bottom:0}td.mono{line-height:1.7}
mark{background:var(--mark);color:inherit;border-radius:3px;padding:0 3px;margin:0 -3px;
font-weight:650}
.pairs{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 40px;margin-top:6px}
.pairs dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:5px 18px;font-size:14px;
align-content:start;margin-top:8px}
.pairs dt{color:var(--soft)}.pairs dd{overflow-wrap:anywhere}`;

const charts = `
figure svg{display:block;width:100%;height:auto;margin-top:12px}
svg text{fill:var(--soft);font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
svg text.ink{fill:var(--ink)}svg text.strong{fill:var(--ink);font-weight:650}
svg .end{text-anchor:end}svg .mid{text-anchor:middle}
svg .grid{stroke:var(--grid);stroke-width:1}svg .axis{stroke:var(--line);stroke-width:1}
svg .lane{fill:var(--tint)}svg .phase{fill:var(--tint);stroke:var(--line)}
svg .line{fill:none;stroke-width:1.8;stroke-linejoin:round}
svg .area{opacity:.12}svg .window{fill:var(--fault);opacity:.07}svg .hit{fill:var(--fault);
opacity:.3}
svg .bit{fill:var(--fault)}svg .armed{fill:var(--card);stroke:var(--soft);stroke-width:1.4}
svg .seen{fill:var(--card);stroke:var(--fault);stroke-width:2}svg .open{fill:none;
stroke:var(--fault);stroke-dasharray:4 3}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--soft);margin-top:10px}
.legend span{display:inline-flex;gap:7px;align-items:center}
.legend i{width:12px;height:12px;border-radius:3px;background:var(--hue,var(--soft));
display:inline-block}
.legend i.bar{background:var(--fault);opacity:.4}.legend i.ring{background:var(--card);
border:2px solid var(--fault);border-radius:50%}
.legend i.hollow{background:var(--card);border:1.5px solid var(--soft);border-radius:2px;
transform:rotate(45deg) scale(.8)}`;

const narrow = `
@media(max-width:860px){main{padding:14px}section{padding:16px}
.layers{grid-template-columns:repeat(var(--narrow),minmax(0,1fr))}
header{padding:18px}header h1{font-size:28px}.facts{grid-template-columns:repeat(3,minmax(0,1fr))}
.pairs{grid-template-columns:minmax(0,1fr)}}
@media(max-width:520px){.layers{grid-template-columns:minmax(0,1fr)}
.facts{grid-template-columns:repeat(2,minmax(0,1fr))}
.layer .name{min-height:0}figure{overflow-x:auto}figure svg{min-width:680px}}`;

const print = `
@media print{:root{${light}color-scheme:light}body{background:#fff;font-size:12px}
main{max-width:none;padding:0}
header,.chip,.badge,mark,svg,.legend i,.layer{-webkit-print-color-adjust:exact;
print-color-adjust:exact}
section{break-inside:auto;border-color:#ccc}.layer,.finding,figure,tr{break-inside:avoid}
h2,h3{break-after:avoid}
.scroll{overflow:visible}p.lead{break-after:avoid}table.parts{min-width:0;font-size:11px;
break-inside:avoid}table.parts th{font-size:10px}@page{margin:14mm}}`;

export const style = `:root{${light}color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{${dark}}}
${page}${banner}${layers}${tables}${charts}${hues}${narrow}${print}`;
