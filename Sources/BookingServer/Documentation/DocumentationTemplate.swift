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
    \(PageStyle.sheet)
    h3 { font-size: 1.05rem; margin-top: 2rem; } h4 { font-size: .95rem; margin-bottom: .3rem; }
    pre { background: var(--soft); padding: .7rem 1rem; overflow-x: auto; white-space: pre-wrap; }
    .method { background: var(--soft); border-radius: .3rem; padding: .1rem .45rem; }
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
