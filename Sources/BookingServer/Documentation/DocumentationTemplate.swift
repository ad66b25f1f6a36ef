/// The template of the documentation; `{{…}}` escapes for HTML, and nothing here is left unescaped.
enum DocumentationTemplate {
  static let page = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}}</title>
    <style>
    :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
    h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.6rem; }
    h3 { font-size: 1.05rem; margin-top: 2rem; } h4 { font-size: .95rem; margin-bottom: .3rem; }
    a { color: inherit; } code, pre { font-size: .88em; overflow-wrap: anywhere; }
    pre { background: var(--soft); padding: .7rem 1rem; overflow-x: auto; white-space: pre-wrap; }
    .method { background: var(--soft); border-radius: .3rem; padding: .1rem .45rem; }
    .soft { opacity: .7; } .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; }
    th { text-align: left; font-weight: 600; }
    th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    </style>
    </head>
    <body>
    <h1>{{title}}</h1>
    <p>{{summary}} <a href="/openapi.json">openapi.json</a></p>
    <p>{{description}}</p>
    <ul>
    {{#groups}}{{#operations}}<li><a href="#{{id}}"><code>{{method}} {{path}}</code></a> {{summary}}</li>
    {{/operations}}{{/groups}}</ul>
    {{#groups}}
    <h2>{{name}}</h2>
    <p class="soft">{{description}}</p>
    {{#operations}}
    <h3 id="{{id}}"><code class="method">{{method}}</code> <code>{{path}}</code> {{summary}}</h3>
    <p>{{description}}</p>
    <p class="soft">Key: {{keys}}.{{#takes}} Body: {{.}}.{{/takes}}</p>
    {{#hasParameters}}<div class="scroll"><table>
    <tr><th>Parameter</th><th>Type</th><th></th><th>What it means</th></tr>
    {{/hasParameters}}{{#parameters}}<tr><td><code>{{name}}</code></td><td>{{type}}</td><td>{{needed}}</td>
    <td>{{description}}</td></tr>
    {{/parameters}}{{#hasParameters}}</table></div>
    {{/hasParameters}}{{#examples}}<h4>{{summary}}</h4>
    <pre>{{value}}</pre>
    {{/examples}}<div class="scroll"><table>
    <tr><th>Status</th><th>Answer</th><th>What it means</th></tr>
    {{#answers}}<tr><td>{{status}}</td><td>{{type}} <span class="soft">{{media}}</span></td>
    <td>{{description}}</td></tr>
    {{/answers}}</table></div>
    {{/operations}}
    {{/groups}}
    <h2>Schemas</h2>
    {{#schemas}}
    <h3 id="{{name}}">{{name}}</h3>
    <p>{{description}} <span class="soft">{{type}}</span></p>
    {{#hasRows}}<div class="scroll"><table>
    <tr><th>Member</th><th>Type</th><th></th><th>What it means</th></tr>
    {{/hasRows}}{{#rows}}<tr><td><code>{{name}}</code></td><td>{{type}}</td><td>{{needed}}</td>
    <td>{{description}}</td></tr>
    {{/rows}}{{#hasRows}}</table></div>
    {{/hasRows}}{{/schemas}}
    </body>
    </html>

    """
}
