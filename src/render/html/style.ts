/** The page's style. Colours have a contrast of 4.5 and more on their ground, in light and dark. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--raised:#f5f7f9;--ink:#1b2530;--quiet:#52606d;--line:#cbd2d9;--link:#0b5cad;--bad:#b42318;--caution:#8a5300;--good:#1d6f42;--mark:#fff1b8;--node:#fff;--calm:#5fae84;--hot:#b42318}
@media(prefers-color-scheme:dark){:root{--ground:#12171d;--raised:#1b232c;--ink:#e4e9ee;--quiet:#a3b1bf;--line:#3a4754;--link:#7db8f5;--bad:#ff8a7d;--caution:#f0b860;--good:#6fd49a;--mark:#4a3f12;--node:#1b232c;--calm:#2f7550;--hot:#ff8a7d}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1rem;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.35rem;margin:.2rem 0}h2{font-size:1.05rem;margin:0;overflow-wrap:anywhere}h3{font-size:.95rem;margin:1rem 0 .2rem}
a{color:var(--link)}code,pre,.mono{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.88em;overflow-wrap:anywhere}
code.lock{font-weight:600}.quiet{color:var(--quiet)}.good{color:var(--good)}.caution{color:var(--caution)}.bad{color:var(--bad)}
nav{display:flex;gap:.3rem;flex-wrap:wrap;border-bottom:1px solid var(--line);margin:.6rem 0}
nav a{padding:.35rem .7rem;text-decoration:none;border-radius:.3rem .3rem 0 0}nav a[aria-selected=true]{background:var(--raised);font-weight:600}
form{display:flex;gap:.6rem;flex-wrap:wrap;align-items:center;margin:.5rem 0}
input,select,button{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:.3rem;padding:.25rem .5rem}
input[type=search]{min-width:18rem}button{cursor:pointer}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
article{border:1px solid var(--line);border-radius:.4rem;margin:.6rem 0;padding:.6rem .8rem}article:target,article:focus{border-color:var(--link)}
article>header{display:flex;gap:.6rem;align-items:baseline;flex-wrap:wrap}
.tag{border:1px solid var(--line);border-radius:.8rem;padding:0 .5rem;font-size:.82em;white-space:nowrap}.tag.new{border-color:var(--bad);color:var(--bad)}.tag.known{border-color:var(--good);color:var(--good)}
table{border-collapse:collapse;max-width:100%}th,td{text-align:left;vertical-align:top;padding:.15rem .6rem .15rem 0;overflow-wrap:anywhere}
.facts th{color:var(--quiet);font-weight:400;white-space:nowrap}.wide{overflow-x:auto}
.list td,.list th{border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0}
.count{white-space:nowrap}.count span{display:block}
.drawing th,.drawing td{border:1px solid var(--line);padding:.2rem .5rem}
pre{background:var(--raised);border-radius:.3rem;padding:.6rem;overflow-x:auto;overflow-wrap:normal;margin:.3rem 0}
summary{cursor:pointer;padding:.15rem 0}details>summary code{font-size:.9em}
.edge.hot,.node.hot{filter:none}details.hot,li.hot{background:var(--mark)}
figure{margin:.4rem 0;overflow-x:auto}svg{max-width:none}
svg text{fill:var(--ink)}svg .edge text{transform:translateY(-3px)}svg .node path,svg .node polygon{fill:var(--node);stroke:var(--quiet)}svg .edge path{stroke:var(--quiet);fill:none}svg .edge polygon{stroke:var(--quiet);fill:var(--quiet)}
svg .closes path{stroke:var(--bad);stroke-width:2}svg .closes polygon{stroke:var(--bad);fill:var(--bad)}
svg .edge.hot path{stroke:var(--hot);stroke-width:3}svg .edge.hot polygon{stroke:var(--hot);fill:var(--hot)}
.strip{display:block;height:1rem;width:100%;min-width:12rem}.strip .on,.strip .reported{stroke:none}
.strip .reported{fill:var(--bad)}.strip .absent{fill:var(--calm)}.strip .unknown{fill:var(--line)}
.key span{display:inline-block;width:.9em;height:.9em;vertical-align:-.1em;margin:0 .3em 0 .8em;border:1px solid var(--line)}.key .k-reported{background:var(--bad)}.key .k-absent{background:var(--calm)}.key .k-unknown{background:var(--line)}
dialog{background:var(--ground);color:var(--ink);border:1px solid var(--line);border-radius:.5rem}kbd{border:1px solid var(--line);border-radius:.25rem;padding:0 .35em}
[hidden]{display:none!important}.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media print{nav,form,button,dialog{display:none!important}article{break-inside:avoid-page}[role=tabpanel][hidden]{display:block!important}details>*{display:block}body{max-width:none}}
`.trim();
