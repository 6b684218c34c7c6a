"""Recovery of what was paid (REC-1), and the procedure that ends a contract for breaches (REC-2)."""
