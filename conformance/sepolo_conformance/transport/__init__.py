"""Sends requests and records exchanges: HTTP, retries, pacing and the masking of keys."""
