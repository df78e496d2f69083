"""Validates bodies of responses with the generated models: reads pairs of model and body, prints the models."""

import json
import sys

import sepolo

pairs = json.load(sys.stdin)
for name, body in pairs:
    getattr(sepolo, name).model_validate_json(body)
print(json.dumps([name for name, _ in pairs]))
