"""Calendar feeds: the deadlines in a person's own agenda (RFC 5545), by a secret address that she revokes."""
