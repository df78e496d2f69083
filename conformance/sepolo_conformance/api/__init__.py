"""Facts about the API and calls of its operations, without I/O. It contains the facts that OpenAPI cannot express."""
