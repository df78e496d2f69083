// Runs after every request. `api` adapts it to the tool; REQUESTS has the facts of each request by its name: `scope`;
// `status` of a success; `rows`: page or array; `paged`; `identity` of a row; `window`: names of its ends; `time`: members
// for begin and end of a row; `gives`: variables that the first row sets; `parameter`: the one that a 400 must name.

const DAY_MS = 86400000;

function after(api) {
  const request = REQUESTS[api.name()], status = api.status(), body = api.json();
  const expected = lacksScope(api, request) ? 403 : request.status;
  if (status === 401 && expected !== 401) {
    api.test('Authentication: the key of the environment is accepted', () => {
      throw new Error('The server does not accept the key in the variable apiKey: ' + (body || {}).message);
    });
    api.stop();
    return;
  }
  api.test(title(request, expected), () => {
    if (status !== expected) {
      throw new Error(`expected ${expected}, received ${status}: ${body && body.message ? body.message : 'no message'}`);
    }
  });
  if (status >= 400) {
    api.test('Error: its body has error and message', () => judgeError(body));
    if (status === expected) api.test('Error: it names its cause', () => judgeCause(request, status, body));
    return;
  }
  if (status !== expected) return;
  if (request.operation === 'getMe') api.set('scopes', JSON.stringify(body.scopes));
  if (request.rows) judgeList(api, request, body);
}

function title(request, expected) {
  if (expected === 401) return 'Authentication: the call is refused with 401';
  if (expected === 403) return `Scope: the call is refused with 403, because the key lacks ${request.scope}`;
  return `Status: ${expected}`;
}

function lacksScope(api, request) {
  const scopes = api.get('scopes');
  return Boolean(scopes) && request.operation !== 'getMe' && !JSON.parse(scopes).includes(request.scope);
}

function judgeError(body) {
  if (!body || typeof body.error !== 'string' || typeof body.message !== 'string' || !body.message) {
    throw new Error('expected {"error": "...", "message": "..."}, received ' + JSON.stringify(body));
  }
}

function judgeCause(request, status, body) {
  const named = (body.details || []).map((detail) => detail.parameter);
  if (status === 403 && !body.message.includes(request.scope)) {
    throw new Error(`expected the scope ${request.scope} in the message, received: ${body.message}`);
  }
  if (request.parameter && !named.includes(request.parameter)) {
    throw new Error(`expected details on ${request.parameter}, received: ${body.message}`);
  }
}

function judgeList(api, request, body) {
  const rows = request.rows === 'page' ? (body || {}).data : body;
  const more = request.rows === 'page' && body.hasMore === true;
  api.test('List: the envelope is complete', () => judgeEnvelope(api, request, body, rows));
  if (!Array.isArray(rows)) return;
  api.test('List: every row comes once', () => judgeIdentity(api, request, rows));
  if (request.time) api.test('Date filter: every row is in the window', () => judgeWindow(api, request, rows));
  for (const [name, member] of Object.entries(request.gives || {})) {
    const row = rows.find((one) => one[member]);
    if (row && !api.get(name)) api.set(name, row[member]);
  }
  const pages = Number(api.get('pages')) + 1;
  if (request.paged && more && pages < Number(api.get('maxPages'))) {
    api.set('pages', String(pages));
    api.set('cursor', body.nextCursor);
    api.again();
  } else {
    api.set('cursorOf', '');
  }
}

function judgeEnvelope(api, request, body, rows) {
  if (!Array.isArray(rows)) throw new Error('expected a list of rows');
  if (request.rows !== 'page') return;
  const cursor = typeof body.nextCursor === 'string' && body.nextCursor !== '';
  if (typeof body.hasMore !== 'boolean') throw new Error(`expected hasMore true or false, received ${body.hasMore}`);
  if (body.hasMore !== cursor) throw new Error(`hasMore is ${body.hasMore}, but nextCursor is ${body.nextCursor}`);
  if (cursor && body.nextCursor === api.get('cursor')) throw new Error('nextCursor is that of the page before');
  if (request.paged && rows.length > Number(api.get('pageSize'))) {
    throw new Error(`expected at most ${api.get('pageSize')} rows, received ${rows.length}`);
  }
}

function judgeIdentity(api, request, rows) {
  if (!request.identity) return;
  const seen = new Set(JSON.parse(api.get('seen') || '[]'));
  for (const row of rows) {
    const identity = JSON.stringify(request.identity.map((name) => row[name]));
    if (seen.has(identity)) throw new Error(`the row ${identity} came before, on this page or on one before it`);
    seen.add(identity);
  }
  api.set('seen', JSON.stringify([...seen]));
}

function judgeWindow(api, request, rows) {
  const [from, to] = request.window.map((name) => Date.parse(api.get(name)));
  const [begin, end] = request.time;
  for (const row of rows) {
    if (!row[begin]) continue;
    const start = Date.parse(row[begin]), stop = end && row[end] ? Date.parse(row[end]) : start;
    // A day belongs to a window that begins within it.
    const earliest = begin === 'date' ? from - (from % DAY_MS) : from;
    if (start > to || stop < earliest) {
      throw new Error(`${row[begin]} is not between ${api.get(request.window[0])} and ${api.get(request.window[1])}`);
    }
  }
}

after(api);
