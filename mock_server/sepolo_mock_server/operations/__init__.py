"""The operations of the API: one function per operationId, in one module per tag of the contract."""
