/// The templates of the pages that links show; `{{…}}` escapes for HTML, and nothing is left unescaped.
enum ShareTemplates {
  static let head = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex, nofollow">
    <meta name="referrer" content="no-referrer">
    <title>{{title}}</title>
    <style>
    :root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --ink: #16181d; --soft: #5a6270;
      --line: #d9dde3; --good: #0b6b3a; --warn: #9a3b02; --act: #0b57d0; --onact: #fff; }
    @media (prefers-color-scheme: dark) { :root { --ground: #14161a; --card: #1e2127; --ink: #eceef2;
      --soft: #a4acb9; --line: #363b45; --good: #6ed39b; --warn: #ffb077; --act: #a8c7fa; --onact: #062e6f; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 1rem/1.5 system-ui, -apple-system, "Noto Sans", sans-serif; }
    main { max-width: 44rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
    h2 { font-size: 1.1rem; margin: 0 0 .6rem; overflow-wrap: anywhere; }
    p { margin: .4rem 0; } .soft { color: var(--soft); } .small { font-size: .875rem; }
    .good { color: var(--good); font-weight: 600; } .warn { color: var(--warn); font-weight: 600; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
      padding: 1rem 1.1rem; margin: 1rem 0; }
    .top { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
    .top > :last-child { white-space: nowrap; font-size: .9rem; }
    .kind { display: block; font-size: .8rem; font-weight: 400; color: var(--soft); }
    .leg { border-top: 1px solid var(--line); padding-top: .6rem; margin-top: .6rem; }
    .stages { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem 1.25rem; }
    .time { font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; display: block; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.1rem; margin: .6rem 0 0; }
    dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
    code { font: 600 1.05rem/1.4 ui-monospace, monospace; letter-spacing: .03em; }
    ul { margin: .3rem 0; padding-left: 1.2rem; } li { margin: .3rem 0; }
    .actions { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; }
    .actions a { background: var(--act); color: var(--onact); text-decoration: none; font-weight: 600;
      padding: .6rem 1.1rem; border-radius: 2rem; }
    a:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
    @media (max-width: 26rem) { .stages { grid-template-columns: 1fr; } }
    @media print { :root { font-size: 10pt; color-scheme: light; --ground: #fff; --card: #fff; --ink: #000; --soft: #444;
      --line: #bbb; --good: #000; --warn: #000; } main { max-width: none; padding: 0; }
      .actions { display: none; } .card { break-inside: avoid; border-radius: 0; padding: .5rem .8rem;
      margin: .5rem 0; } .stages { grid-template-columns: 1fr 1fr; } }
    </style>
    </head>
    <body>
    <main>

    """

  static let trip = """
    <header>
    <h1>Itinerary {{reference}}</h1>
    <p class="{{#isStanding}}good{{/isStanding}}{{^isStanding}}warn{{/isStanding}}">{{sentence}}</p>
    <nav class="actions" aria-label="Take it with you"><a href="{{path}}.pdf">PDF</a>
    <a href="{{path}}.ics">Add to calendar</a></nav>
    </header>
    {{#hasWarnings}}
    <section class="card"><h2>What has changed</h2>
    <ul>{{#warnings}}<li class="warn">{{.}}</li>
    {{/warnings}}</ul></section>
    {{/hasWarnings}}
    <section class="card"><h2>Travellers</h2>
    <ul>{{#travelers}}<li><bdi>{{.}}</bdi></li>
    {{/travelers}}</ul></section>
    {{#parts}}
    <section class="card">
    <div class="top"><h2><span class="kind">{{kind}}</span>{{title}}</h2>
    <span class="{{#isBooked}}good{{/isBooked}}{{^isBooked}}warn{{/isBooked}}">{{standing}}</span></div>
    <dl>{{#references}}<dt>{{name}}</dt><dd><code>{{value}}</code></dd>
    {{/references}}{{#provider}}<dt>Provided by</dt><dd>{{.}}</dd>
    {{/provider}}{{#price}}<dt>Price</dt><dd>{{.}}</dd>
    {{/price}}</dl>
    {{#note}}<p class="warn">{{.}}</p>{{/note}}
    {{#legs}}
    <div class="leg">{{#title}}<p><b>{{.}}</b></p>{{/title}}
    <div class="stages">
    {{#stages}}<div><div class="soft small">{{label}}</div>
    {{#time}}<span class="time">{{.}}</span>{{/time}}
    {{#day}}<span>{{.}}</span>{{/day}}
    {{#zone}}<span class="soft small">({{.}})</span>{{/zone}}
    {{#place}}<div>{{.}}</div>{{/place}}</div>
    {{/stages}}</div></div>
    {{/legs}}
    </section>
    {{/parts}}
    {{#prices}}
    <section class="card"><h2>Price</h2>
    <dl>{{#sums}}<dt>{{name}}</dt><dd>{{value}}</dd>
    {{/sums}}</dl>
    <p class="soft">{{sentence}}</p></section>
    {{/prices}}
    <section class="card"><h2>When something is wrong</h2>
    <ul>{{#advice}}<li>{{.}}</li>
    {{/advice}}</ul></section>
    <p class="soft small">As the booking stood on {{changed}}, version {{version}}. This page shows what
    stands whenever it is opened; a file or a print stays as it is.</p>
    </main>
    </body>
    </html>

    """

  static let missing = """
    <h1>Nothing to see here</h1>
    <p>This link shows no trip. It may have been mistyped, have run out, or have been taken back.</p>
    <p>Ask whoever sent it to you for a new one.</p>
    </main>
    </body>
    </html>

    """
}
