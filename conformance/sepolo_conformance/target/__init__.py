"""What the suite learns about a deployment: the identities of its keys, and data to test with."""
