"""Facts about the API and calls of its operations, without I/O. Facts that OpenAPI cannot express stand here."""
