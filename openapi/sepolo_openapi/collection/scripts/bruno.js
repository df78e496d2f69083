const api = {
  name: () => req.getName(),
  get: (name) => [bru.getVar(name), bru.getEnvVar(name), bru.getCollectionVar(name)].find((value) => value),
  set: (name, value) => bru.setVar(name, value),
  fill: (name, value) => bru.setVar(name, value),
  status: () => res.getStatus(),
  json: () => res.getBody(),
  test: (title, check) => test(title, check),
  again: () => bru.setNextRequest(req.getName()),
  skip: () => bru.runner.skipRequest(),
  stop: () => bru.setNextRequest(null),
};
