"""Forms of the acts on contracts and payments. French for people; what a service takes is `donnees()`."""
