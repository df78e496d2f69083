"""The requirements of the suite, one table per area. Ids are never renumbered and never used again."""
