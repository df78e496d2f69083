// Runs before every request. `api` adapts it to the tool; REQUESTS has, by name of the request, `needs`: the variables of
// its path, and `writes`.

const DAY_MS = 86400000;

function before(api) {
  const request = REQUESTS[api.name()];
  if (api.get('cursorOf') !== api.name()) {
    for (const [name, value] of [['cursorOf', api.name()], ['cursor', ''], ['pages', '0'], ['seen', '[]']]) {
      api.set(name, value);
    }
  }
  const now = new Date(), begin = new Date(now - DAY_MS);
  for (const [name, instant] of [['from', begin], ['to', now], ['fromUtc', begin], ['toUtc', now]]) {
    if (!api.get(name)) api.fill(name, instant.toISOString().slice(0, 19) + 'Z');
  }
  const forbidden = request.writes && String(api.get('allowWrites')) !== 'true';
  if (forbidden || (request.needs || []).some((name) => !api.get(name))) api.skip();
}

before(api);
