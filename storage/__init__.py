"""The records: tables, queries, transactions."""
