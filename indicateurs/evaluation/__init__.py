"""Evaluation: the indicators of the filed reports, over the years and across the ESS, with their denominators (IND-1)."""
