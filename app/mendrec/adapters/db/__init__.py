"""The database: an index that can be rebuilt from the chain, and what cannot be (outbox, receipts, objects)."""
