const api = {
  name: () => pm.info.requestName,
  get: (name) => pm.variables.get(name),
  set: (name, value) => pm.collectionVariables.set(name, value),
  fill: (name, value) => pm.variables.set(name, value),
  status: () => pm.response.code,
  json: () => {
    try {
      return pm.response.json();
    } catch (error) {
      return undefined;
    }
  },
  test: (title, check) => pm.test(title, check),
  again: () => pm.execution.setNextRequest(pm.info.requestName),
  skip: () => pm.execution.skipRequest(),
  stop: () => pm.execution.setNextRequest(null),
};
