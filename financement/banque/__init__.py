"""The bank side of the caisse: batches of payments and their files, the bank's returns and their reconciliation."""
