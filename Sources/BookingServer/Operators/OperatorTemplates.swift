/// The page's templates; `{{…}}` escapes for HTML, and nothing here is left unescaped.
enum OperatorTemplates {
  static let head = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}}</title>
    <style>
    \(PageStyle.sheet)
    :root { --warn: #b45309; }
    body { max-width: 72rem; }
    th { white-space: nowrap; }
    td.time, td.money, td.state { white-space: nowrap; font-variant-numeric: tabular-nums; }
    td.money, th.money { text-align: right; }
    .counts { display: flex; flex-wrap: wrap; gap: .6rem; padding: 0; list-style: none; }
    .counts li { background: var(--soft); border-radius: .4rem; padding: .4rem .8rem; }
    .counts b { display: block; font-size: 1.3rem; }
    .item { border-left: 4px solid var(--warn); background: var(--soft); padding: .6rem 1rem; margin: .8rem 0; }
    .item.settled { border-color: var(--line); } .item p, .item dl { margin: .3rem 0; }
    .parked { color: var(--warn); font-weight: 600; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; } dd { margin: 0; }
    </style>
    </head>
    <body>

    """

  static let foot = """
    </body>
    </html>

    """

  /// Parked items; on both pages.
  private static let items = """
    {{#items}}
    <div class="item{{^isOpen}} settled{{/isOpen}}">
    <p><b>{{id}}: {{reason}}</b>, {{slot}} of <a href="/operator/bookings/{{booking}}">{{booking}}</a>
    <span class="soft">since {{since}}</span></p>
    <p>{{advice}}</p>
    <dl class="soft">{{#known}}<dt>{{name}}</dt><dd>{{value}}</dd>{{/known}}</dl>
    <p>Status: {{status}}.{{#isOpen}} Decide with <code>booking-server attention
    {{#mayRetry}}retry|{{/mayRetry}}mark-done|abandon {{id}}</code>.{{/isOpen}}</p>
    </div>
    {{/items}}

    """

  /// Events that clients were not told; on both pages.
  private static let untold = """
    {{#hasUntold}}<h2>What clients were not told</h2>
    <div class="scroll"><table>
    <tr><th>Event</th><th>Booking</th><th>Client</th><th>Kind</th><th>Written</th><th>Given up</th>
    <th class="money">Tries</th><th>Last reason</th></tr>
    {{#untold}}
    <tr><td>{{id}}</td>
    <td><a href="/operator/bookings/{{booking}}"><code>{{booking}}</code></a> {{sequence}}</td>
    <td>{{client}}</td><td class="state">{{kind}}</td><td class="time">{{created}}</td>
    <td class="time">{{ended}}</td><td class="money">{{tries}}</td><td>{{result}}</td></tr>
    {{/untold}}
    </table></div>
    <p>Send one again with <code>booking-server hooks resend EVENT</code>.</p>{{/hasUntold}}

    """

  static let overview =
    """
    <h1>Bookings</h1>
    <ul class="counts">
    {{#states}}<li><b>{{count}}</b>{{state}}</li>
    {{/states}}</ul>
    <h2>What only a person can settle</h2>
    {{^hasItems}}<p class="soft">Nothing is parked.</p>{{/hasItems}}

    """ + items + untold + """
      <h2>Latest bookings</h2>
      {{^hasBookings}}<p class="soft">There are none yet.</p>{{/hasBookings}}
      {{#hasBookings}}
      <div class="scroll"><table>
      <tr><th>Booking</th><th>State</th><th class="money">Total</th><th>Created</th><th>Changed</th></tr>
      {{#bookings}}
      <tr><td><a href="/operator/bookings/{{id}}"><code>{{id}}</code></a>{{#changes}}
      changes <a href="/operator/bookings/{{.}}"><code>{{.}}</code></a>{{/changes}}</td>
      <td class="state">{{state}}{{#isParked}} <span class="parked">parked</span>{{/isParked}}</td>
      <td class="money">{{total}}</td><td class="time">{{created}}</td><td class="time">{{updated}}</td></tr>
      {{/bookings}}
      </table></div>
      {{/hasBookings}}

      """

  static let booking =
    """
    <p><a href="/operator">All bookings</a></p>
    {{#booking}}<h1><code>{{id}}</code></h1>
    <dl><dt>State</dt><dd>{{state}}{{#isParked}} <span class="parked">parked</span>{{/isParked}}</dd>
    <dt>Total</dt><dd>{{total}}</dd><dt>Created</dt><dd>{{created}}</dd>
    {{#changes}}<dt>Changes</dt><dd><a href="/operator/bookings/{{.}}"><code>{{.}}</code></a></dd>{{/changes}}{{/booking}}
    <dt>Trip option</dt><dd>{{option}}</dd>
    <dt>Charged</dt><dd>{{charged}}</dd><dt>Refunded</dt><dd>{{refunded}}</dd>
    {{#hold}}<dt>Authorised</dt><dd>{{authorized}} <span class="soft">on {{since}}</span></dd>
    <dt>Captured</dt><dd>{{captured}}{{#capturedAt}} <span class="soft">on {{.}}</span>{{/capturedAt}}</dd>
    <dt>Released</dt><dd>{{released}}</dd>
    <dt>Still held</dt><dd>{{held}}{{#until}} <span class="soft">until {{.}} at least, if the bank does not end it
    before</span>{{/until}}</dd>
    {{/hold}}<dt>Payment</dt><dd><code>{{payment}}</code></dd>
    {{#failure}}<dt>Failure</dt><dd>{{.}}</dd>{{/failure}}
    {{#warnings}}<dt>Warning</dt><dd>{{.}}</dd>
    {{/warnings}}</dl>
    {{#hasItems}}<h2>What only a person can settle</h2>{{/hasItems}}

    """ + items + untold + """
      <h2>Parts</h2>
      <div class="scroll"><table>
      <tr><th>Part</th><th>Status</th><th class="money">Amount</th><th>Reference</th><th>Error</th></tr>
      {{#parts}}
      <tr><td>{{slot}}</td><td class="state">{{status}}</td><td class="money">{{amount}}</td>
      <td><code>{{reference}}</code></td><td>{{error}}</td></tr>
      {{/parts}}
      </table></div>
      {{#hasModifications}}<h2>Changes</h2>
      <div class="scroll"><table>
      <tr><th>Change</th><th>Decision</th><th>To</th><th>Asked for</th></tr>
      {{#modifications}}
      <tr><td><a href="/operator/bookings/{{id}}"><code>{{id}}</code></a></td><td class="state">{{decision}}</td>
      <td>{{to}}</td><td class="time">{{at}}</td></tr>
      {{/modifications}}
      </table></div>{{/hasModifications}}
      <h2>Timeline</h2>
      <div class="scroll"><table>
      <tr><th>Version</th><th>At</th><th>State</th><th>What happened</th></tr>
      {{#events}}
      <tr><td>{{version}}</td><td class="time">{{at}}</td><td class="state">{{state}}</td><td>{{what}}</td></tr>
      {{/events}}
      </table></div>

      """

  static let missing = """
    <p><a href="/operator">All bookings</a></p>
    <h1>Nothing here</h1>
    <p>{{text}}</p>

    """
}
