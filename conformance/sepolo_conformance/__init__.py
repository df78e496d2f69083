"""The conformance suite: tests whether a deployment conforms to the contract, and shows the requests that do not.

Its only inputs are the contract (`openapi/`) and the options of a run. Imports point down this list:

    cli, pytest_plugin   the two entry points
    reporting            results as text, JSON, JUnit, HTML and badge
    checks               requirements with their checks, one folder for each area
    options              the options of both entry points
    engine               the registry, the case that a check gets, the runner, observers
    target               the identities of the keys, and data to test with
    compare              comparisons of rows, lists, orderings and aggregates
    api                  calls, and facts about the API that OpenAPI cannot express
    transport            HTTP, retries, pacing, the masking of keys
    model                requirements, verdicts, outcomes, keys, settings

`docs/adding-a-requirement.md` shows how to add a requirement with its check and its mutant.
"""
