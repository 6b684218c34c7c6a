"""The only table of the ground floor: the sandbox's simulated clock."""

from django.db import models


class HorlogeSimulee(models.Model):
    """One row at most: how far the sandbox's clock stands from the real one. Empty in production."""

    decalage = models.DurationField("décalage")

    class Meta:
        verbose_name = "horloge simulée"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1), name="horloge_unique", violation_error_message="Une seule horloge."
            ),
        ]

    def __str__(self) -> str:
        return f"horloge simulée, décalage {self.decalage}"
