"""HTTP: the ASGI application, its routing and endpoints, responses and their cache, and the server around it."""
