"""The simulator's clock: real time plus an offset that a test may move."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time in UTC. Moving it shifts everything the simulator dates afterwards."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        """Return the simulated moment, aware and in UTC."""
        return datetime.now(UTC) + self.offset

    def set(self, moment: datetime) -> None:
        """Make it `moment` now; a moment without a zone is read as UTC."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        self.offset = aware.astimezone(UTC) - datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        self.offset += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Go back to real time."""
        self.offset = timedelta(0)
