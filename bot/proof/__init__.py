"""Proofs that anybody can run on their own machine and their own kind of database."""
