"""The rules of the API as pure functions and values: no request object, no I/O, no clock of their own."""
