"""Logs as JSON lines in UTC. Never the arguments of a query nor the body of a request."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


class LigneJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        ligne = {
            "instant": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "niveau": record.levelname,
            "source": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            ligne["trace"] = self.formatException(record.exc_info)
        return json.dumps(ligne, ensure_ascii=False)
