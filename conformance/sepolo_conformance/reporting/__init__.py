"""Reports of a run: results, text, JSON, JUnit properties, HTML and badge. Every report has its keys masked."""
