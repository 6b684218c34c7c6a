"""GOV-1 as the adhésions know it: the rule stands beside the register of the governance."""

from dossiers.regles.gouvernance import Membre, voix_refusee

__all__ = ["Membre", "voix_refusee"]
