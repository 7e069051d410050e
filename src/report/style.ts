/**
 * The page's style sheet. Forget is a dark vermilion, retain a blue (Okabe–Ito, darkened until text on paper has a
 * contrast of at least 4.5); both also differ in dash, marker and words.
 */
export const style = `
:root{color-scheme:light dark;--paper:#fbfaf8;--panel:#fff;--ink:#1b1e23;--soft:#5a616b;--rule:#dedbd5;--grid:#ebe8e3;
--forget:#b04400;--forget-wash:#fdeee3;--retain:#0061a3;--retain-wash:#e5f0fa;--trained:#fff0c2;--good:#1b6e3c;--bad:#a3262a}
@media (prefers-color-scheme:dark){:root{--paper:#14161a;--panel:#1c1f25;--ink:#e9e7e2;--soft:#a0a6b0;--rule:#353a43;--grid:#272b32;
--forget:#ff9f61;--forget-wash:#3a2415;--retain:#74bbfb;--retain-wash:#152b40;--trained:#453a16;--good:#7fd39b;--bad:#ff9692}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;overflow-wrap:break-word;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1320px;margin:0 auto;padding:clamp(20px,4vw,56px) clamp(16px,4vw,48px)}
h1,h2,h3,p,dl,dd,figure,ul,pre{margin:0;padding:0}
h1{font:600 clamp(1.7rem,1.2rem + 2.2vw,2.75rem)/1.15 Charter,"Iowan Old Style",Palatino,Georgia,serif;letter-spacing:-.01em;text-wrap:balance;max-width:26ch}
section>h2{font:600 1.35rem/1.25 Charter,"Iowan Old Style",Palatino,Georgia,serif;margin-bottom:6px}
h3{font-size:1rem;font-weight:600;margin-bottom:12px}
h3 small,td small{font-weight:400;color:var(--soft)}
a{color:inherit;text-underline-offset:3px}
a:focus-visible,summary:focus-visible{outline:2px solid var(--retain);outline-offset:3px}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.86em}
section{margin-top:clamp(36px,5vw,60px)}
.user{overflow-wrap:anywhere}
.note{color:var(--soft);font-size:.875rem;max-width:82ch}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.kicker{color:var(--soft);font-size:.875rem;margin-bottom:14px}
.lead{font-size:clamp(1.02rem,.95rem + .35vw,1.2rem);max-width:68ch;margin-top:14px}
.lead+.note{margin-top:12px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,270px),1fr));gap:10px 32px;margin-top:28px}
dt{color:var(--soft);font-size:.8rem}
.facts dd{font-size:.94rem;line-height:1.4}
.set{display:inline-block;font-size:.78rem;font-weight:600;line-height:1;padding:4px 7px;border-radius:4px;vertical-align:1px}
.set.forget{color:var(--forget);background:var(--forget-wash)}
.set.retain{color:var(--retain);background:var(--retain-wash)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,270px),1fr));gap:16px;margin-top:28px}
.card,.probe,.batch,figure{background:var(--panel);border:1px solid var(--rule);border-radius:8px}
.card{padding:16px 18px 14px}
.card h2{font-size:.95rem;font-weight:600;margin:0}
.big{display:flex;align-items:baseline;gap:10px;font-size:2.1rem;line-height:1.2;margin:10px 0 4px;font-variant-numeric:tabular-nums;color:var(--soft)}
.big strong{font-weight:650;color:var(--ink)}
.big .to{font-size:1.3rem}
.outcome{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 14px;font-size:.875rem;margin-top:6px}
.aim{color:var(--soft)}
.mark{font-weight:600;white-space:nowrap}
.mark.good{color:var(--good)}
.mark.bad{color:var(--bad)}
svg{display:block;width:100%;height:auto}
svg text{font-family:inherit;fill:var(--ink)}
.chart-title{font-size:14px;font-weight:600}
.chart-note,.chart-tick{font-size:11.5px}
svg .chart-note,svg .chart-tick{fill:var(--soft)}
.chart-tick{font-variant-numeric:tabular-nums}
.chart-legend{font-size:12px}
.chart-last{font-variant-numeric:tabular-nums;fill:var(--soft)}
.chart-grid{stroke:var(--grid)}
.chart-axis{stroke:var(--soft);stroke-width:1;fill:none}
.chart-mark{stroke:var(--soft);stroke-dasharray:1 4}
.chart-mark.named{stroke:var(--bad);stroke-dasharray:none}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.line.raw{stroke-width:1;opacity:.32;stroke-dasharray:none}
.line.forget,.whisker.forget,.link.forget,.hollow.forget{stroke:var(--forget)}
.line.retain,.whisker.retain,.link.retain,.hollow.retain{stroke:var(--retain)}
.line.neutral{stroke:var(--ink)}
.line.retain:not(.raw){stroke-dasharray:7 4}
.line.neutral:not(.raw){stroke-width:1.6}
.dot.forget{fill:var(--forget)}
.dot.retain{fill:var(--retain)}
.dot.neutral{fill:var(--ink)}
.hollow{fill:var(--panel);stroke-width:2}
.whisker{stroke-width:7;opacity:.3;stroke-linecap:round}
.link{stroke-width:2;opacity:.75}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,350px),1fr));gap:16px;margin-top:14px}
figure{padding:14px 16px 12px}
table{width:100%;border-collapse:collapse;margin:12px 0 14px;font-size:.94rem}
th,td{text-align:left;padding:9px 14px 9px 0;border-bottom:1px solid var(--rule);vertical-align:baseline;font-weight:400}
thead th{color:var(--soft);font-size:.8rem;padding-top:0}
tbody th{font-weight:600}
.number{font-variant-numeric:tabular-nums;white-space:nowrap}
td.number small{font-size:.8rem}
#cost table{max-width:560px}
#cost p{max-width:82ch}
.glossary{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:14px 32px;margin-top:16px}
.glossary dt{color:var(--ink);font-weight:600;font-size:.9rem}
.glossary dd{color:var(--soft);font-size:.875rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:28px 32px;margin-top:18px}
.columns>*{min-width:0}
.probe{padding:14px 16px;margin-bottom:14px}
.prompt{font-weight:600;margin-bottom:8px;white-space:pre-wrap}
.probe dl>div{display:grid;grid-template-columns:4.6rem 1fr;gap:10px;padding:3px 0}
.probe dt{padding-top:3px}
.probe dd{white-space:pre-wrap;min-width:0}
.empty{color:var(--soft)}
.scores{display:flex;flex-wrap:wrap;gap:0 16px;color:var(--soft);font-size:.82rem;margin-top:8px;font-variant-numeric:tabular-nums}
del{color:inherit;background:var(--forget-wash);text-decoration:line-through;text-decoration-color:var(--forget);text-decoration-thickness:1px}
ins{color:inherit;background:var(--retain-wash);text-decoration:underline;text-decoration-color:var(--retain);text-decoration-thickness:2px;text-underline-offset:3px}
details{margin-top:8px}
summary{cursor:pointer;color:var(--soft);font-size:.875rem}
.columns details>.probe:first-of-type{margin-top:12px}
.notices{list-style:none;margin-top:10px}
.notice{border-left:3px solid var(--rule);padding:2px 0 2px 14px;margin:12px 0;max-width:90ch}
.notice.guard,.notice.failed{border-color:var(--bad)}
.tag{font-weight:600;font-size:.875rem}
.guard .tag,.failed .tag{color:var(--bad)}
.at{color:var(--soft);font-size:.82rem}
.batch{padding:14px 16px}
.batch h3{margin-bottom:8px}
.tokens{white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.9;font-size:.94rem;color:var(--soft)}
.tokens span{border-right:1px solid var(--rule)}
.tokens .trained{border-right-color:var(--soft);color:var(--ink);background:var(--trained);border-bottom:2px solid currentcolor}
pre{background:var(--panel);border:1px solid var(--rule);border-radius:8px;padding:16px 18px;margin-top:10px;white-space:pre-wrap;line-height:1.5}
footer{margin-top:48px;padding-top:16px;border-top:1px solid var(--rule)}
@media (max-width:980px){
table,tr,td,tbody th{display:block}
tbody{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,290px),1fr));gap:0 32px}
thead{display:none}
tr{padding:12px 0;border-bottom:1px solid var(--rule)}
tbody th,td{border:0;padding:2px 0}
tr>td[data-label]:not([data-label=Set]){display:grid;grid-template-columns:6rem 1fr;gap:8px}
td[data-label]:not([data-label=Set])::before{content:attr(data-label);color:var(--soft);font-size:.8rem}
}
@media print{body{background:none}.card,.probe,.batch,figure,tr{break-inside:avoid}}
`
