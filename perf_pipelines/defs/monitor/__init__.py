"""Gates as blocking asset checks, and schedules."""
