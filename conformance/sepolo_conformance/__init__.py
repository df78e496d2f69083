"""The conformance suite: does a deployment keep the contract, and if not, where, and how does one see it?

It knows the contract (`openapi/`) and the keys it is given, nothing else. How its parts stand together:

    options     pytest options; the one module that pytest loads in every session
    settings    what was asked for, parsed
    requirements, catalogue/   the rules, as data: id, level, clause, sentence
    registry    joins requirements with checks and watchers
    client, transport, pace    requests: paced, bounded, recorded
    exchange, redaction        one request with its answer, and the curl line that repeats it
    target, discovery          keys, what /me says of them, data found by listing
    oracle      every answer of the run against the contract, by openapi-core
    case        what a check holds in its hands: requests, expectations, ways out
    calls, walk, properties   calls as values, a walk over pages, Hypothesis without second tries
    checks/     the checks, one file per area; what several of them need lies beside this file
    runner, plugin             a requirement as a pytest item; verdicts gathered over processes
    watching, results          what watchers saw; all verdicts, counted
    terminal, report, report_html   what people and machines read
    cli         the command line

`docs/adding-a-requirement.md` shows how a requirement, its check and its mutant are added.
"""
